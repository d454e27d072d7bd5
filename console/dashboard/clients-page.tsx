import { useState } from 'preact/hooks';
import { duration, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, CopyButton, Notice } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import type { Api, Page } from './api.ts';
import { ClientForm, type ClientValues } from './client-form.tsx';
import type { Client } from './shapes.ts';
import { useAsk } from './use-ask.ts';

interface WithSecret {
  readonly client: Client;
  /** Absent where the client has none. */
  readonly secret?: string;
}

/** Clients: who may ask for tokens, with what. */
export function ClientsPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const { data, fault, reload } = useAsk(
    () => api.get<Page<Client>>('/admin/clients', { limit: 200 }),
    [api],
    15,
  );
  const [made, setMade] = useState<WithSecret | undefined>(undefined);
  const [editing, setEditing] = useState('');
  const [said, setSaid] = useState('');
  const act = async (what: () => Promise<unknown>): Promise<boolean> => {
    try {
      await what();
      setSaid('');
      await reload();
      return true;
    } catch (error) {
      setSaid((error as Error).message);
      return false;
    }
  };
  const create = (values: ClientValues) =>
    act(async () => setMade(await api.post<WithSecret>('/admin/clients', values)));
  const change = async (values: ClientValues) => {
    const isDone = await act(() => api.post('/admin/clients/change', values));
    if (isDone) setEditing('');
    return isDone;
  };
  const actions: Actions = {
    edit: setEditing,
    turn: (client) =>
      act(() => api.post('/admin/clients/change', { clientId: client.clientId, disabled: !client.disabled })),
    addSecret: ({ clientId }) =>
      act(async () => setMade(await api.post<WithSecret>('/admin/clients/secrets', { clientId }))),
    removeSecret: ({ clientId }, id) => act(() => api.remove('/admin/clients/secrets', { clientId, id })),
    drop: ({ clientId }) => act(() => api.remove('/admin/clients', { clientId })),
  };
  const clients = data?.items ?? [];
  const edited = clients.find(({ clientId }) => clientId === editing);
  return (
    <>
      <div class="page-head" style={{ marginBottom: 0 }}>
        <div>
          <h1>Clients</h1>
          <p>
            Who may ask for tokens. A secret is shown once and kept as a hash; a client may have two at a
            time.
          </p>
        </div>
      </div>
      {(fault !== '' || said !== '') && <Notice tone="bad">{said === '' ? fault : said}</Notice>}
      {made?.secret !== undefined && (
        <Card title={`Secret of ${made.client.clientId}, shown this once`}>
          <div class="rows">
            <code class="secret">{made.secret}</code>
            <div class="line">
              <CopyButton text={made.secret} label="client secret" />
              <button type="button" class="button plain" onClick={() => setMade(undefined)}>
                I have it
              </button>
            </div>
          </div>
        </Card>
      )}
      <Card flush title={counted(clients.length, 'client')}>
        {clients.length === 0 ? (
          <p class="empty">No client yet.</p>
        ) : (
          <ClientTable {...{ clients, actions, now }} />
        )}
      </Card>
      {edited !== undefined && (
        <ClientForm key={edited.clientId} client={edited} onSubmit={change} onClose={() => setEditing('')} />
      )}
      <ClientForm onSubmit={create} />
    </>
  );
}

interface Actions {
  readonly edit: (clientId: string) => void;
  readonly turn: (client: Client) => Promise<unknown>;
  readonly addSecret: (client: Client) => Promise<unknown>;
  readonly removeSecret: (client: Client, id: string) => Promise<unknown>;
  readonly drop: (client: Client) => Promise<unknown>;
}

function ClientTable(props: {
  readonly clients: readonly Client[];
  readonly actions: Actions;
  readonly now: number;
}) {
  const { clients, actions, now } = props;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Clients">
      <table class="table">
        <thead>
          <tr>
            <th>Client</th>
            <th>Scopes</th>
            <th>Lifetime</th>
            <th>Secrets</th>
            <th>State</th>
            <th>
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {clients.map((client) => (
            <tr key={client.clientId}>
              <td class="break">
                <strong>{client.clientId}</strong>
                <div class="small muted">since {relative(client.createdAt, now)}</div>
                {client.isOfStack && <div class="small muted">of the stack</div>}
              </td>
              <td class="break">
                <code>{client.scopes.join(' ')}</code>
              </td>
              <td>
                {client.tokenLifetimeSeconds === undefined
                  ? 'default'
                  : duration(client.tokenLifetimeSeconds)}
              </td>
              <td>
                <Secrets client={client} actions={actions} now={now} />
              </td>
              <td>
                <Chip tone={client.disabled ? 'bad' : 'good'}>
                  {client.disabled ? 'disabled' : 'enabled'}
                </Chip>
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                {!client.isOfStack && (
                  <button
                    type="button"
                    class="button plain"
                    aria-label={`Edit ${client.clientId}`}
                    onClick={() => actions.edit(client.clientId)}
                  >
                    Edit
                  </button>
                )}
                <button
                  type="button"
                  class="button plain"
                  aria-label={`${client.disabled ? 'Enable' : 'Disable'} ${client.clientId}`}
                  onClick={() => void actions.turn(client)}
                >
                  {client.disabled ? 'Enable' : 'Disable'}
                </button>
                {client.disabled && !client.isOfStack && (
                  <button
                    type="button"
                    class="button danger"
                    aria-label={`Delete ${client.clientId}`}
                    onClick={() => void actions.drop(client)}
                  >
                    Delete
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Two at most: the new one is added, rolled out, and only then the old one removed. */
function Secrets({
  client,
  actions,
  now,
}: {
  readonly client: Client;
  readonly actions: Actions;
  readonly now: number;
}) {
  const hasKeys = client.jwks !== undefined || client.jwksUri !== undefined;
  const note = client.isPublic === true ? 'none: public' : hasKeys ? 'none: its own keys' : '';
  return (
    <>
      {client.secrets.map(({ id, createdAt }) => (
        <div class="line small">
          made {relative(createdAt, now)}
          {!client.isOfStack && client.secrets.length > 1 && (
            <button
              type="button"
              class="button plain"
              aria-label={`Remove secret ${id}`}
              onClick={() => void actions.removeSecret(client, id)}
            >
              Remove
            </button>
          )}
        </div>
      ))}
      {note !== '' && <span class="small muted">{note}</span>}
      {note === '' && !client.isOfStack && client.secrets.length < 2 && (
        <button
          type="button"
          class="button plain"
          aria-label={`New secret for ${client.clientId}`}
          onClick={() => void actions.addSecret(client)}
        >
          New secret
        </button>
      )}
    </>
  );
}
