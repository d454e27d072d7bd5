import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

/** A titled box. */
export function Card(props: {
  readonly title: string;
  readonly id?: string;
  readonly tail?: ComponentChildren;
  readonly beside?: ComponentChildren;
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="card" {...(props.id !== undefined && { id: props.id })} aria-label={props.title}>
      <div class="card-head">
        <h2>{props.title}</h2>
        {props.beside}
        {props.tail !== undefined && <div class="tail">{props.tail}</div>}
      </div>
      <div class={props.flush === true ? 'card-body flush' : 'card-body'}>{props.children}</div>
    </section>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'warning',
  warn: 'warning',
  plain: 'info',
};

/** A sentence that matters. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={toneIcons[tone]} />
      <div>{children}</div>
    </div>
  );
}

/** A word in a pill. */
export function Chip({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** Copies a text, and says so for a moment. */
export function CopyButton(props: {
  readonly text: string;
  readonly label: string;
  readonly title?: string;
}) {
  const { text, label, title = 'Copy' } = props;
  const [said, setSaid] = useState('');
  const copy = async () => {
    setSaid(await write(text));
    setTimeout(() => setSaid(''), 1400);
  };
  return (
    <button type="button" class="button plain" onClick={() => void copy()} aria-label={`Copy ${label}`}>
      <Icon name={said === 'Copied' ? 'check' : 'copy'} size={14} />
      <span aria-live="polite">{said === '' ? title : said}</span>
    </button>
  );
}

async function write(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    return 'Not allowed';
  }
}

/** A labelled input. */
export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly isNumber?: boolean;
  readonly mono?: boolean;
  readonly list?: readonly string[];
}) {
  const { label, value, onInput, placeholder = '', isNumber = false, mono = false, list } = props;
  const listId = list === undefined ? undefined : `list-${label.replaceAll(/\W+/g, '-')}`;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class={mono ? 'input mono' : 'input'}
        {...{ value, placeholder, autocomplete: 'off', spellcheck: false }}
        type="text"
        inputMode={isNumber ? 'numeric' : 'text'}
        {...(listId !== undefined && { list: listId })}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {listId !== undefined && (
        <datalist id={listId}>
          {list?.map((option) => (
            <option value={option} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** A labelled box for longer text. */
export function Area(props: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly rows?: number;
}) {
  const { label, value, onInput, placeholder = '', rows = 3 } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        class="area"
        {...{ value, placeholder, rows, spellcheck: false, autocomplete: 'off', autocapitalize: 'off' }}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** One of a few, side by side. */
export function Segments<T extends string>(props: {
  readonly label: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly onPick: (value: T) => void;
}) {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button type="button" aria-pressed={option === props.value} onClick={() => props.onPick(option)}>
          {option}
        </button>
      ))}
    </div>
  );
}

/** A drop-down without a visible label. */
export function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, title: string])[];
  readonly onPick: (value: string) => void;
}) {
  return (
    <select
      class="select compact"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onPick(event.currentTarget.value)}
    >
      {props.options.map(([value, title]) => (
        <option value={value}>{title}</option>
      ))}
    </select>
  );
}
