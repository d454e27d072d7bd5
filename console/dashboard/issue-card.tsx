import { useState } from 'preact/hooks';
import { Field } from '../ui/fields.tsx';
import { Card, CopyButton, Fault } from '../ui/parts.tsx';
import { type Api, readPages } from './api.ts';
import type { Client } from './shapes.ts';
import { useAsk } from './use-ask.ts';
import { useAttempt } from './use-attempt.ts';

/** Issues an access token in a client's name. It is shown, and kept nowhere. */
export function IssueCard(props: {
  readonly api: Api;
  readonly onInspect: (token: string) => void;
  /** Finds the token in the list. */
  readonly onFind: (token: string) => void;
  readonly onIssued: () => void;
}) {
  const { api, onInspect, onFind, onIssued } = props;
  const [clientId, setClientId] = useState('');
  const [scope, setScope] = useState('');
  const [token, setToken] = useState('');
  const { fault, attempt } = useAttempt();
  const clients = useAsk(() => readPages<Client>(api, '/admin/clients'), [api]);
  const issue = async () => {
    const body = { clientId: clientId.trim(), ...(scope.trim() !== '' && { scope: scope.trim() }) };
    const answer = await api.post<{ readonly access_token: string }>('/admin/tokens', body);
    setToken(answer.access_token);
    onIssued();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void attempt(issue);
  };
  return (
    <Card title="Issue a token">
      <form class="rows" onSubmit={submit}>
        <div class="fields with-button">
          <Field
            label="Client"
            value={clientId}
            onInput={setClientId}
            list={(clients.data?.items ?? []).map((client) => client.clientId)}
          />
          <Field label="Scopes" value={scope} onInput={setScope} placeholder="all that the client may have" />
          <button type="submit" class="button primary" disabled={clientId.trim() === ''}>
            Issue
          </button>
        </div>
        <Fault text={fault} />
        {token !== '' && (
          <>
            <code class="secret">{token}</code>
            <div class="line">
              <CopyButton text={token} label="issued token" />
              <button type="button" class="button plain" onClick={() => onFind(token)}>
                Find it
              </button>
              <button type="button" class="button plain" onClick={() => onInspect(token)}>
                Explain it
              </button>
            </div>
          </>
        )}
      </form>
    </Card>
  );
}
