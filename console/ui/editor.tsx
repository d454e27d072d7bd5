import type { ComponentChildren } from 'preact';
import { maxShown } from '../token/decode.ts';

/** A text box whose text is coloured. */
export function Editor(props: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly colored: ComponentChildren;
  readonly placeholder?: string;
  readonly kind?: 'token' | 'json';
  readonly id?: string;
}) {
  const { label, value, onInput, colored, placeholder = '', kind = 'token', id } = props;
  const isLarge = value.length > maxShown;
  return (
    <div class={`editor ${kind} ${isLarge ? 'is-large' : ''}`}>
      {!isLarge && (
        <pre aria-hidden="true">
          {colored}
          {'\n'}
        </pre>
      )}
      <textarea
        {...{ value, placeholder, spellcheck: false, autocomplete: 'off', autocapitalize: 'off' }}
        {...(id !== undefined && { id })}
        aria-label={label}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

/** The segments of a token, each in its colour. */
export function ColoredToken({ text }: { readonly text: string }) {
  return text.split('.').map((segment, index) => (
    <>
      {index > 0 && <span class="dot">.</span>}
      <span class={`part-${index % 5}`}>{segment}</span>
    </>
  ));
}

/** JSON with its members, texts, numbers and words in colour. */
export function ColoredJson({ text }: { readonly text: string }) {
  const pieces: ComponentChildren[] = [];
  let at = 0;
  for (const { 0: token, index } of text.matchAll(
    /"(?:[^"\\]|\\.)*"(?=\s*:)|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g,
  )) {
    pieces.push(text.slice(at, index), <span class={colorOf(token, text, index)}>{token}</span>);
    at = index + token.length;
  }
  return [...pieces, text.slice(at)];
}

function colorOf(token: string, text: string, index: number): string {
  if (token.startsWith('"'))
    return /^\s*:/.test(text.slice(index + token.length, index + token.length + 8)) ? 'j-name' : 'j-text';
  return /^[tfn]/.test(token) ? 'j-word' : 'j-number';
}
