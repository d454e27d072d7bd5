import type { Entry } from '../token/registry.ts';
import { dateTime, isPlausibleTime, relative } from '../token/times.ts';
import { Icon } from '../ui/icons.tsx';
import { CopyButton } from '../ui/parts.tsx';

type Members = Readonly<Record<string, unknown>>;

/** Header parameters or claims, one a row: what they say, what they mean, and where that is defined. */
export function MembersTable(props: {
  readonly label: string;
  readonly members: Members;
  readonly registry: ReadonlyMap<string, Entry>;
  readonly now: number;
  readonly onChange?: (members: Members) => void;
}) {
  const { label, members, registry, now, onChange } = props;
  const names = Object.keys(members);
  if (names.length === 0) return <p class="empty">Nothing in it.</p>;
  const put = (name: string, value: unknown) => onChange?.({ ...members, [name]: value });
  const drop = (name: string) =>
    onChange?.(Object.fromEntries(Object.entries(members).filter(([other]) => other !== name)));
  return (
    <table class="table claims" aria-label={label}>
      <thead class="visually-hidden">
        <tr>
          <th>Name</th>
          <th>Value</th>
          <th>Actions</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <td>
              <div class="name break">{name}</div>
              <About entry={registry.get(name)} />
            </td>
            <td>
              <Value
                name={name}
                value={members[name]}
                onPut={(value) => put(name, value)}
                isFixed={onChange === undefined}
              />
              <TimeLine entry={registry.get(name)} value={members[name]} now={now} />
            </td>
            <td class="act">
              <CopyButton text={textOf(members[name])} label={name} title="" />
              {onChange !== undefined && (
                <button
                  type="button"
                  class="button plain icon"
                  aria-label={`Remove ${name}`}
                  onClick={() => drop(name)}
                >
                  <Icon name="cross" size={12} />
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function About({ entry }: { readonly entry: Entry | undefined }) {
  if (entry === undefined) return <div class="small muted">Not a registered name</div>;
  return (
    <div class="small muted">
      {entry.about}.{' '}
      <a href={entry.url} target="_blank" rel="noreferrer noopener">
        {entry.spec}
      </a>
    </div>
  );
}

function TimeLine({
  entry,
  value,
  now,
}: {
  readonly entry: Entry | undefined;
  readonly value: unknown;
  readonly now: number;
}) {
  if (entry?.isTime !== true || typeof value !== 'number') return null;
  if (!isPlausibleTime(value)) {
    return (
      <div class="small fault">{value >= 1e10 ? 'milliseconds? NumericDate counts seconds' : 'long ago'}</div>
    );
  }
  return (
    <div class="small muted">
      {dateTime(value)} · <strong>{relative(value, now)}</strong>
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text stays a text, whatever it looks like; anything else is typed as JSON. */
function Value(props: {
  readonly name: string;
  readonly value: unknown;
  readonly isFixed: boolean;
  readonly onPut: (value: unknown) => void;
}) {
  const { name, value, onPut, isFixed } = props;
  const shown = textOf(value);
  if (isFixed) return <code class="break">{shown}</code>;
  const put = (text: string) => {
    if (typeof value === 'string') return onPut(text);
    try {
      onPut(JSON.parse(text));
    } catch {
      // not JSON yet
    }
  };
  return (
    <input
      class="value"
      aria-label={`Value of ${name}`}
      value={shown}
      title={shown}
      spellcheck={false}
      onInput={(event) => put(event.currentTarget.value)}
    />
  );
}
