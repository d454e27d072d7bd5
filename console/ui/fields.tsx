import type { ComponentChildren } from 'preact';

interface Typed {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
}

/** Nothing typed here is kept, corrected or capitalized by the browser. */
const verbatim = { spellcheck: false, autocomplete: 'off', autocapitalize: 'off' } as const;

/** A labelled input. */
export function Field(
  props: Typed & {
    readonly isNumber?: boolean;
    readonly isText?: boolean;
    /** Values to choose from. */
    readonly list?: readonly string[];
  },
) {
  const { label, value, onInput, placeholder = '', isNumber = false, isText = false, list } = props;
  const listId = list === undefined ? undefined : `list-${label.replaceAll(/\W+/g, '-')}`;
  return (
    <Labelled label={label}>
      <input
        class={isText ? 'input' : 'input mono'}
        {...{ value, placeholder, ...verbatim }}
        type="text"
        inputMode={isNumber ? 'numeric' : 'text'}
        {...(listId !== undefined && { list: listId })}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {listId !== undefined && <Options id={listId} values={list ?? []} />}
    </Labelled>
  );
}

/** What can be chosen for an input, besides typing. */
export function Options({ id, values }: { readonly id: string; readonly values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option value={value} />
      ))}
    </datalist>
  );
}

/** A labelled box for longer text. */
export function Area(props: Typed) {
  const { label, value, onInput, placeholder = '' } = props;
  return (
    <Labelled label={label}>
      <textarea
        class="area"
        rows={3}
        {...{ value, placeholder, ...verbatim }}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Labelled>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

/** One input of a form: the member that it writes, its label, and what stands there while it is empty. */
export type FieldSpec<Name extends string> = readonly [name: Name, label: string, placeholder?: string];

/** Labelled inputs, one for each member; those that are called seconds are typed with digits. */
export function Fields<Name extends string>(props: {
  readonly specs: readonly FieldSpec<Name>[];
  readonly values: Readonly<Record<Name, string>>;
  readonly onInput: (change: Partial<Record<Name, string>>) => void;
}) {
  return (
    <div class="fields">
      {props.specs.map(([name, label, placeholder = '']) => (
        <Field
          {...{ label, placeholder }}
          key={name}
          value={props.values[name]}
          isNumber={label.endsWith('seconds')}
          onInput={(value) => props.onInput({ [name]: value } as Partial<Record<Name, string>>)}
        />
      ))}
    </div>
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
