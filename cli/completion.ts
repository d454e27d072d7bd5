import { type Command, UsageError } from './command.ts';

/** What each shell is told, given the words of every verb. */
const shells: Readonly<Record<string, (words: ReadonlyMap<string, readonly string[]>) => string>> = {
  bash: (words) =>
    [
      '_keyturn() {',
      '  local word=${COMP_WORDS[COMP_CWORD]} words',
      '  case $([ "$COMP_CWORD" -gt 1 ] && echo "${COMP_WORDS[1]}") in',
      ...[...words].map(([verb, options]) => `    ${verb}) words='${options.join(' ')}' ;;`),
      `    *) words='${[...words.keys()].join(' ')}' ;;`,
      '  esac',
      '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
      '}',
      'complete -o default -F _keyturn keyturn',
    ].join('\n'),
  zsh: (words) =>
    [
      '#compdef keyturn',
      '_keyturn() {',
      '  if (( CURRENT == 2 )); then',
      `    compadd -- ${[...words.keys()].join(' ')}`,
      '    return',
      '  fi',
      '  case $words[2] in',
      ...[...words].map(([verb, options]) => `    ${verb}) compadd -- ${options.join(' ')} ;;`),
      '  esac',
      '  _files',
      '}',
      'compdef _keyturn keyturn',
    ].join('\n'),
  fish: (words) =>
    [...words]
      .flatMap(([verb, offered]) => [
        `complete -c keyturn -n __fish_use_subcommand -f -a ${verb}`,
        ...offered.map(
          (word) => `complete -c keyturn -n '__fish_seen_subcommand_from ${verb}' ${inFish(word)}`,
        ),
      ])
      .join('\n'),
};

function inFish(word: string): string {
  return word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
}

/**
 * `keyturn completion`: what a shell needs to complete verbs and options.
 *
 * @param verbs those that are completed besides itself
 */
export function completionOf(verbs: Readonly<Record<string, Command>>): Command {
  return {
    summary: 'print a completion script for your shell',
    usage: [
      'Usage: keyturn completion bash|zsh|fish',
      '',
      'It completes the command `keyturn` where that is in the PATH, and knows nothing of `npx`.',
      '',
      '  source <(keyturn completion bash)',
      '  source <(keyturn completion zsh)   # after compinit',
      '  keyturn completion fish > ~/.config/fish/completions/keyturn.fish',
    ].join('\n'),
    options: {},
    positionals: [1, 1],
    async run([shell = '']) {
      const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (script === undefined)
        throw new UsageError(`got the shell ${shell}; allowed: ${Object.keys(shells).join(', ')}`);
      console.log(script(wordsOf(verbs)));
    },
  };
}

function wordsOf(verbs: Readonly<Record<string, Command>>): ReadonlyMap<string, readonly string[]> {
  const words = Object.entries(verbs).map(
    ([verb, { options, words: first = [] }]) =>
      [verb, [...first, ...[...Object.keys(options), 'help'].map((name) => `--${name}`)]] as const,
  );
  return new Map([...words, ['completion', Object.keys(shells)], ['help', Object.keys(verbs)]]);
}
