import { duration } from '../token/times.ts';
import { Chip, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import type { Client } from './shapes.ts';

/** What can be done with a client. */
export interface ClientActions {
  readonly edit: (clientId: string) => void;
  readonly drop: (clientId: string) => void;
  readonly turn: (client: Client) => Promise<unknown>;
  readonly addSecret: (client: Client) => Promise<unknown>;
  readonly removeSecret: (client: Client, id: string) => Promise<unknown>;
}

/** Clients as rows. */
export function ClientTable(props: {
  readonly clients: readonly Client[] | undefined;
  readonly actions: ClientActions;
  readonly now: number;
}) {
  const { clients, actions, now } = props;
  return (
    <Table
      label="Clients"
      rows={clients}
      keyOf={({ clientId }) => clientId}
      empty="No client yet."
      columns={[
        {
          head: 'Client',
          cell: ({ clientId, createdAt, isOfStack }) => (
            <>
              <strong class="break">{clientId}</strong>
              <div class="small muted">
                made <When at={createdAt} now={now} />
                {isOfStack && ' by the stack'}
              </div>
            </>
          ),
        },
        { head: 'Scopes', cell: ({ scopes }) => <code class="break">{scopes.join(' ')}</code> },
        {
          head: 'Lifetime',
          cell: ({ tokenLifetimeSeconds: lifetime }) => (
            <span class="one-line">{lifetime === undefined ? 'default' : duration(lifetime)}</span>
          ),
        },
        { head: 'Secrets', cell: (client) => <Secrets {...{ client, actions, now }} /> },
        {
          head: 'State',
          cell: ({ disabled }) => (
            <Chip tone={disabled ? 'bad' : 'good'}>{disabled ? 'disabled' : 'enabled'}</Chip>
          ),
        },
        { head: 'Actions', isAction: true, cell: (client) => <RowActions {...{ client, actions }} /> },
      ]}
    />
  );
}

function RowActions({ client, actions }: { readonly client: Client; readonly actions: ClientActions }) {
  const { clientId, disabled, isOfStack } = client;
  const button = (name: string, act: () => unknown, isDanger = false) => (
    <button
      type="button"
      class={isDanger ? 'button plain danger' : 'button plain'}
      aria-label={`${name} ${clientId}`}
      onClick={() => void act()}
    >
      {name}
    </button>
  );
  return (
    <>
      {!isOfStack && button('Edit', () => actions.edit(clientId))}
      {button(disabled ? 'Enable' : 'Disable', () => actions.turn(client))}
      {disabled && !isOfStack && button('Delete', () => actions.drop(clientId), true)}
    </>
  );
}

/** Two at most: the new one is added, rolled out, and only then the old one removed. */
function Secrets(props: { readonly client: Client; readonly actions: ClientActions; readonly now: number }) {
  const { client, actions, now } = props;
  const { clientId, secrets, isOfStack } = client;
  const hasKeys = client.jwks !== undefined || client.jwksUri !== undefined;
  const note = client.isPublic === true ? 'none: public' : hasKeys ? 'none: its own keys' : '';
  const button = (name: string, label: string, act: () => unknown) => (
    <button type="button" class="button plain" aria-label={label} onClick={() => void act()}>
      {name}
    </button>
  );
  return (
    <>
      {secrets.map(({ id, createdAt }) => (
        <div class="line">
          <span>
            made <When at={createdAt} now={now} />
          </span>
          {!isOfStack &&
            secrets.length > 1 &&
            button('Remove', `Remove secret ${id}`, () => actions.removeSecret(client, id))}
        </div>
      ))}
      {note !== '' && <span class="small muted">{note}</span>}
      {note === '' &&
        !isOfStack &&
        secrets.length < 2 &&
        button('New secret', `New secret for ${clientId}`, () => actions.addSecret(client))}
    </>
  );
}
