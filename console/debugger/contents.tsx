import { useState } from 'preact/hooks';
import { claims as claimRegistry, type Entry, headerParameters } from '../token/registry.ts';
import { Options, Segments } from '../ui/fields.tsx';
import { Card, CopyButton } from '../ui/parts.tsx';
import { JsonEditor } from './json-editor.tsx';
import { MembersTable } from './members-table.tsx';
import { Encrypted, Nested, RawPayload } from './other-contents.tsx';
import type { Bench } from './state.ts';

type Members = Readonly<Record<string, unknown>>;
type View = 'Table' | 'JSON';

/** Header and payload, as tables or as JSON; both can be edited. */
export function Contents({ bench, now }: { readonly bench: Bench; readonly now: number }) {
  const { token } = bench;
  if (token.header === undefined) return null;
  return (
    <>
      <Part
        title="Header"
        part={0}
        members={token.header}
        registry={headerParameters}
        now={now}
        onChange={(header) => bench.edit({ header })}
      />
      {token.kind === 'jwe' && <Encrypted bench={bench} />}
      {token.claims !== undefined && (
        <Part
          title="Payload"
          part={1}
          members={token.claims}
          registry={claimRegistry}
          now={now}
          onChange={(claims) => bench.edit({ claims })}
        />
      )}
      <RawPayload bench={bench} />
      <Nested bench={bench} />
    </>
  );
}

function Part(props: {
  readonly title: string;
  readonly part: number;
  readonly members: Members;
  readonly registry: ReadonlyMap<string, Entry>;
  readonly now: number;
  readonly onChange: (members: Members) => void;
}) {
  const { title, part, members, registry, now, onChange } = props;
  const [view, setView] = useState<View>('Table');
  return (
    <Card
      flush
      title={title}
      beside={<span class={`swatch part-name-${part}`} />}
      tail={
        <>
          <Segments<View>
            label={`View of the ${title.toLowerCase()}`}
            options={['Table', 'JSON']}
            value={view}
            onPick={setView}
          />
          <CopyButton text={JSON.stringify(members, null, 2)} label={title.toLowerCase()} />
        </>
      }
    >
      {view === 'Table' ? (
        <>
          <MembersTable label={title} {...{ members, registry, now, onChange }} />
          <AddMember
            onAdd={(name) => onChange({ ...members, [name]: '' })}
            registry={registry}
            taken={members}
          />
        </>
      ) : (
        <JsonEditor label={`${title} as JSON`} value={members} onChange={onChange} />
      )}
    </Card>
  );
}

function AddMember(props: {
  readonly onAdd: (name: string) => void;
  readonly registry: ReadonlyMap<string, Entry>;
  readonly taken: Members;
}) {
  const [name, setName] = useState('');
  const add = (event: Event) => {
    event.preventDefault();
    if (name.trim() === '' || Object.hasOwn(props.taken, name.trim())) return;
    props.onAdd(name.trim());
    setName('');
  };
  const listId = `names-${props.registry.size}`;
  return (
    <form class="add-member" onSubmit={add}>
      <input
        class="input mono"
        aria-label="Name to add"
        placeholder="add a name"
        list={listId}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Options
        id={listId}
        values={[...props.registry.keys()].filter((known) => !Object.hasOwn(props.taken, known))}
      />
      <button class="button plain" type="submit">
        Add
      </button>
    </form>
  );
}
