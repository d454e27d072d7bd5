import { useState } from 'preact/hooks';
import { useNow } from '../ui/hooks.ts';
import { Card, CopyButton, Fault, PageHead } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import { type Api, readPages } from './api.ts';
import { ClientForm, type ClientValues } from './client-form.tsx';
import { type ClientActions, ClientTable } from './client-table.tsx';
import { ConfirmCard } from './confirm-card.tsx';
import { hitsOf } from './revoke.ts';
import type { Client } from './shapes.ts';
import { useAsk } from './use-ask.ts';
import { useAttempt } from './use-attempt.ts';

interface WithSecret {
  readonly client: Client;
  /** Absent where the client has none. */
  readonly secret?: string;
}

/** Clients: who may ask for tokens, with what. */
export function ClientsPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const { data, fault, reload } = useAsk(() => readPages<Client>(api, '/admin/clients'), [api], 15);
  const [made, setMade] = useState<WithSecret | undefined>(undefined);
  const [editing, setEditing] = useState('');
  const [dropping, setDropping] = useState('');
  const { fault: failed, attempt } = useAttempt();
  const change = (values: object) => api.post('/admin/clients/change', values).then(reload);
  const actions: ClientActions = {
    edit: setEditing,
    drop: setDropping,
    turn: ({ clientId, disabled }) => attempt(() => change({ clientId, disabled: !disabled })),
    addSecret: ({ clientId }) =>
      attempt(async () => {
        setMade(await api.post<WithSecret>('/admin/clients/secrets', { clientId }));
        await reload();
      }),
    removeSecret: ({ clientId }, id) =>
      attempt(() => api.remove('/admin/clients/secrets', { clientId, id }).then(reload)),
  };
  const register = async (values: ClientValues) => {
    setMade(await api.post<WithSecret>('/admin/clients', values));
    await reload();
  };
  const clients = data?.items.toSorted((a, b) => a.clientId.localeCompare(b.clientId));
  const edited = clients?.find(({ clientId }) => clientId === editing);
  return (
    <>
      <PageHead
        title="Clients"
        about="Who may ask for tokens. A secret is shown once and kept as a hash; a client may have two at a time."
      />
      <Fault text={failed === '' ? fault : failed} />
      {made?.secret !== undefined && (
        <Card isOpened title={`Secret of ${made.client.clientId}, shown this once`}>
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
      {dropping !== '' && (
        <DropCard key={dropping} {...{ api, clientId: dropping, reload }} onClose={() => setDropping('')} />
      )}
      {edited !== undefined && (
        <ClientForm
          key={edited.clientId}
          client={edited}
          onSubmit={(values) => change(values).then(() => setEditing(''))}
          onClose={() => setEditing('')}
        />
      )}
      <Card flush title={clients === undefined ? 'Clients …' : counted(clients.length, 'client')}>
        <ClientTable {...{ clients, actions, now }} />
      </Card>
      <ClientForm onSubmit={register} />
    </>
  );
}

/** Deleting a client revokes its tokens, so that it is asked for twice. */
function DropCard(props: {
  readonly api: Api;
  readonly clientId: string;
  readonly reload: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const { api, clientId, reload, onClose } = props;
  const hits = useAsk(() => hitsOf(api, [{ clientId }]), [api, clientId]);
  const act = async () => {
    await api.remove('/admin/clients', { clientId });
    onClose();
    await reload();
  };
  const preview = `It cannot be brought back, and its tokens are revoked. ${hits.data ?? hits.fault}`;
  return (
    <ConfirmCard deed={{ title: `Delete ${clientId}`, verb: 'Delete it', preview, act }} onClose={onClose} />
  );
}
