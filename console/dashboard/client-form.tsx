import { useState } from 'preact/hooks';
import { Fields, type FieldSpec } from '../ui/fields.tsx';
import { Card, Fault, Notice } from '../ui/parts.tsx';
import { words } from '../ui/words.ts';
import type { Client } from './shapes.ts';
import { useAttempt } from './use-attempt.ts';

/** What a client is registered or changed with. */
export interface ClientValues {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Null for the token service's own. */
  readonly audience?: readonly string[] | null;
  readonly tokenLifetimeSeconds?: number | null;
}

/** The form's inputs, as they are typed. */
type Typed = Readonly<Record<'clientId' | 'scopes' | 'audience' | 'lifetime', string>>;

const empty: Typed = { clientId: '', scopes: '', audience: '', lifetime: '' };

const specs: readonly FieldSpec<keyof Typed>[] = [
  ['clientId', 'Client id'],
  ['scopes', 'Allowed scopes', 'orders:read orders:write'],
  ['audience', 'Audiences', 'default'],
  ['lifetime', 'Token lifetime, seconds', 'default'],
];
const changeSpecs: readonly FieldSpec<keyof Typed>[] = [
  ['scopes', 'New scopes', 'orders:read orders:write'],
  ['audience', 'New audiences', 'default'],
  ['lifetime', 'New lifetime, seconds', 'default'],
];

/** Registers a client, or changes the one that is given. */
export function ClientForm(props: {
  readonly client?: Client;
  readonly onSubmit: (values: ClientValues) => Promise<unknown>;
  readonly onClose?: () => void;
}) {
  const { client, onSubmit, onClose } = props;
  const isNew = client === undefined;
  const [typed, setTyped] = useState(() => (isNew ? empty : typedOf(client)));
  const { fault, attempt } = useAttempt();
  const isWrong = typed.lifetime !== '' && !/^[1-9]\d*$/.test(typed.lifetime);
  const submit = async (event: Event) => {
    event.preventDefault();
    const isDone = await attempt(() => onSubmit(valuesOf(typed, client)));
    if (isDone && isNew) setTyped(empty);
  };
  return (
    <Card isOpened={!isNew} title={isNew ? 'Register a client' : `Change ${client.clientId}`}>
      <form class="rows" onSubmit={(event) => void submit(event)}>
        <Fields
          specs={isNew ? specs : changeSpecs}
          values={typed}
          onInput={(change) => setTyped((before) => ({ ...before, ...change }))}
        />
        {isWrong && <Notice tone="warn">The lifetime is a whole number of seconds, 1 or more.</Notice>}
        <div class="line">
          <button type="submit" class="button primary" disabled={typed.clientId.trim() === '' || isWrong}>
            {isNew ? 'Register' : 'Change'}
          </button>
          {onClose !== undefined && (
            <button type="button" class="button" onClick={onClose}>
              Leave it
            </button>
          )}
        </div>
        <Fault text={fault} />
      </form>
    </Card>
  );
}

function typedOf({ clientId, scopes, audience = [], tokenLifetimeSeconds }: Client): Typed {
  return {
    ...{ clientId, scopes: scopes.join(' '), audience: audience.join(' ') },
    lifetime: tokenLifetimeSeconds?.toString() ?? '',
  };
}

/** What was there and is empty now goes back to its default. */
function valuesOf({ clientId, scopes, audience, lifetime }: Typed, client: Client | undefined): ClientValues {
  const audiences = words(audience);
  return {
    ...{ clientId: clientId.trim(), scopes: words(scopes) },
    ...(audiences.length > 0 ? { audience: audiences } : client?.audience && { audience: null }),
    ...(lifetime !== ''
      ? { tokenLifetimeSeconds: Number(lifetime) }
      : client?.tokenLifetimeSeconds && { tokenLifetimeSeconds: null }),
  };
}
