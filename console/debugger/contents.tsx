import { useState } from 'preact/hooks';
import { decodeToken } from '../token/decode.ts';
import { claims as claimRegistry, type Entry, headerParameters } from '../token/registry.ts';
import { Card, CopyButton, Segments } from '../ui/parts.tsx';
import { JsonEditor } from './json-editor.tsx';
import { MembersTable } from './members-table.tsx';
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
    <form class="line" style={{ padding: '8px 16px 12px', flexWrap: 'nowrap' }} onSubmit={add}>
      <input
        class="input mono"
        style={{ minHeight: '30px' }}
        aria-label="Name to add"
        placeholder="add a name"
        list={listId}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {[...props.registry.keys()]
          .filter((known) => !Object.hasOwn(props.taken, known))
          .map((known) => (
            <option value={known} />
          ))}
      </datalist>
      <button class="button plain" type="submit">
        Add
      </button>
    </form>
  );
}

const jweParts = ['Header', 'Encrypted key', 'Initialization vector', 'Ciphertext', 'Authentication tag'];

/** A JWE is shown as what it is: five parts, of which one can be read. */
function Encrypted({ bench }: { readonly bench: Bench }) {
  return (
    <Card flush title="Encrypted parts">
      <table class="table">
        <tbody>
          {bench.token.segments.slice(1).map(({ bytes }, index) => (
            <tr>
              <td class={`part-${index + 1}`}>{jweParts[index + 1]}</td>
              <td>{bytes.length.toLocaleString('en-GB')} bytes</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** A payload that is no JSON object is shown as text, or as the bytes that it is. */
function RawPayload({ bench: { token } }: { readonly bench: Bench }) {
  const payload = token.segments[1];
  if (payload === undefined || payload.encoded === '' || token.claims !== undefined || token.kind === 'jwe')
    return null;
  return (
    <Card title="Payload, not JSON">
      <code class="break">{payload.text ?? `${payload.bytes.length} bytes`}</code>
    </Card>
  );
}

/** Tokens inside the token: a payload that is one, or claims that hold one. */
function Nested({ bench }: { readonly bench: Bench }) {
  const { token } = bench;
  const found = Object.entries({
    ...token.claims,
    ...(token.claims === undefined && { payload: token.segments[1]?.text }),
  }).flatMap(([name, value]) =>
    typeof value === 'string' &&
    /^ey[\w-]+\.[\w-]+\./.test(value) &&
    decodeToken(value).header?.alg !== undefined
      ? [[name, value] as const]
      : [],
  );
  return found.map(([name, value]) => {
    const inner = decodeToken(value);
    return (
      <Card
        title={`Nested token in ${name}`}
        tail={
          <button type="button" class="button plain" onClick={() => bench.setText(value)}>
            Open it
          </button>
        }
      >
        <pre class="mono break" style={{ whiteSpace: 'pre-wrap' }}>
          {JSON.stringify(inner.header, null, 2)}
          {'\n'}
          {JSON.stringify(inner.claims ?? {}, null, 2)}
        </pre>
      </Card>
    );
  });
}
