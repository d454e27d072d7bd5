import { useState } from 'preact/hooks';
import { Card, Field, Notice } from '../ui/parts.tsx';
import type { Client } from './shapes.ts';

/** What a client is registered or changed with. */
export interface ClientValues {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Null for the token service's own. */
  readonly audience?: readonly string[] | null;
  readonly tokenLifetimeSeconds?: number | null;
}

/** Registers a client, or changes the one that is given. */
export function ClientForm(props: {
  readonly client?: Client;
  readonly onSubmit: (values: ClientValues) => Promise<boolean>;
  readonly onClose?: () => void;
}) {
  const { client, onSubmit, onClose } = props;
  const [clientId, setClientId] = useState(client?.clientId ?? '');
  const [scopes, setScopes] = useState(client?.scopes.join(' ') ?? '');
  const [audience, setAudience] = useState(client?.audience?.join(' ') ?? '');
  const [lifetime, setLifetime] = useState(client?.tokenLifetimeSeconds?.toString() ?? '');
  const isWrong = lifetime !== '' && !/^[1-9]\d*$/.test(lifetime);
  const submit = async (event: Event) => {
    event.preventDefault();
    const isDone = await onSubmit({
      ...{ clientId: clientId.trim(), scopes: words(scopes) },
      ...(words(audience).length > 0
        ? { audience: words(audience) }
        : client?.audience && { audience: null }),
      ...(lifetime !== ''
        ? { tokenLifetimeSeconds: Number(lifetime) }
        : client?.tokenLifetimeSeconds && { tokenLifetimeSeconds: null }),
    });
    if (!isDone || client !== undefined) return;
    for (const reset of [setClientId, setScopes, setAudience, setLifetime]) reset('');
  };
  return (
    <Card title={client === undefined ? 'Register a client' : `Change ${client.clientId}`}>
      <form class="rows" onSubmit={(event) => void submit(event)}>
        <div class="fields">
          {client === undefined && <Field mono label="Client id" value={clientId} onInput={setClientId} />}
          <Field
            mono
            label={client === undefined ? 'Allowed scopes' : 'New scopes'}
            value={scopes}
            onInput={setScopes}
            placeholder="orders:read orders:write"
          />
          <Field
            mono
            label={client === undefined ? 'Audiences' : 'New audiences'}
            value={audience}
            onInput={setAudience}
            placeholder="default"
          />
          <Field
            isNumber
            label={client === undefined ? 'Token lifetime, seconds' : 'New lifetime, seconds'}
            value={lifetime}
            onInput={setLifetime}
            placeholder="default"
          />
        </div>
        {isWrong && <Notice tone="warn">The lifetime is a whole number of seconds, 1 or more.</Notice>}
        <div class="line">
          <button type="submit" class="button primary" disabled={clientId.trim() === '' || isWrong}>
            {client === undefined ? 'Register' : 'Change'}
          </button>
          {onClose !== undefined && (
            <button type="button" class="button" onClick={onClose}>
              Leave it
            </button>
          )}
        </div>
      </form>
    </Card>
  );
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
