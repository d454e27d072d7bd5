import { useState } from 'preact/hooks';
import { Card, CopyButton, Field, Notice } from '../ui/parts.tsx';
import type { Api, Page } from './api.ts';
import type { Client } from './shapes.ts';
import { useAsk } from './use-ask.ts';

/** Issues an access token in a client's name. It is shown, and kept nowhere. */
export function IssueCard(props: {
  readonly api: Api;
  readonly onInspect: (token: string) => void;
  readonly onIssued: () => void;
}) {
  const { api, onInspect, onIssued } = props;
  const [clientId, setClientId] = useState('');
  const [scope, setScope] = useState('');
  const [token, setToken] = useState('');
  const [fault, setFault] = useState('');
  const clients = useAsk(() => api.get<Page<Client>>('/admin/clients', { limit: 200 }), [api]);
  const issue = async (event: Event) => {
    event.preventDefault();
    try {
      const body = { clientId: clientId.trim(), ...(scope.trim() !== '' && { scope: scope.trim() }) };
      const answer = await api.post<{ readonly access_token: string }>('/admin/tokens', body);
      setToken(answer.access_token);
      setFault('');
      onIssued();
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <Card title="Issue a token">
      <form class="rows" onSubmit={(event) => void issue(event)}>
        <div class="fields">
          <Field
            mono
            label="Client"
            value={clientId}
            onInput={setClientId}
            list={(clients.data?.items ?? []).map((client) => client.clientId)}
          />
          <Field
            mono
            label="Scopes"
            value={scope}
            onInput={setScope}
            placeholder="all that the client may have"
          />
        </div>
        <div>
          <button type="submit" class="button primary" disabled={clientId.trim() === ''}>
            Issue
          </button>
        </div>
        {fault !== '' && <Notice tone="bad">{fault}</Notice>}
        {token !== '' && (
          <>
            <code class="secret">{token}</code>
            <div class="line">
              <CopyButton text={token} label="issued token" />
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
