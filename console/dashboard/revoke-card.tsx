import { useState } from 'preact/hooks';
import { Card, Field, Notice } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import type { Api } from './api.ts';
import type { DryRun, Revocation, RevocationRequest } from './shapes.ts';
import { useAsk } from './use-ask.ts';
import { Watch } from './watch.tsx';

/** What is to be revoked, and how it is called. */
export interface Target {
  readonly title: string;
  readonly requests: readonly RevocationRequest[];
  /** The token itself, where it was pasted: then the effect can be watched. */
  readonly token?: string;
}

interface Done {
  readonly records: readonly Revocation[];
  /** NumericDate, by this machine's clock. */
  readonly at: number;
  readonly faults: readonly string[];
}

/** Revokes, after a look at what it hits; then watches the effect, and can take it back. */
export function RevokeCard(props: {
  readonly api: Api;
  readonly target: Target;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { api, target, onClose, onDone } = props;
  const [reason, setReason] = useState('');
  const [done, setDone] = useState<Done | undefined>(undefined);
  const [said, setSaid] = useState('');
  const preview = useAsk(() => previewOf(api, target.requests), [api, target]);
  const attempt = async (what: () => Promise<void>) => {
    setSaid('');
    try {
      await what();
      onDone();
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  const revoke = () => attempt(async () => setDone(await revokeAll(api, target.requests, reason.trim())));
  const undo = (records: readonly Revocation[]) =>
    attempt(async () => {
      for (const { kind, issuer, value, revokedAt } of records)
        await api.post('/admin/revocations/undo', { kind, issuer, value, revokedAt });
      onClose();
    });
  return (
    <Card title={done === undefined ? `Revoke ${target.title}` : `Revoked: ${target.title}`}>
      <div class="rows">
        {done === undefined ? (
          <>
            <p>{preview.fault === '' ? (preview.data ?? 'Looking at what it hits …') : preview.fault}</p>
            <Field label="Why (goes into the record and the events)" value={reason} onInput={setReason} />
            <div class="line">
              <button type="button" class="button danger solid" onClick={() => void revoke()}>
                Revoke
              </button>
              <button type="button" class="button" onClick={onClose}>
                Leave it
              </button>
            </div>
          </>
        ) : (
          <>
            {done.faults.map((fault) => (
              <Notice tone="bad">{fault}</Notice>
            ))}
            {target.token !== undefined && <Watch api={api} token={target.token} since={done.at} />}
            <div class="line">
              <button type="button" class="button" onClick={() => void undo(done.records)}>
                Undo
              </button>
              <button type="button" class="button" onClick={onClose}>
                Close
              </button>
            </div>
          </>
        )}
        {said !== '' && <Notice tone="bad">{said}</Notice>}
      </div>
    </Card>
  );
}

async function previewOf(api: Api, requests: readonly RevocationRequest[]): Promise<string> {
  const [request] = requests;
  if (requests.length !== 1 || request === undefined) return `It hits ${counted(requests.length, 'token')}.`;
  const { record, liveTokens } = await api.post<DryRun>('/admin/revocations', { ...request, dryRun: true });
  const what = `${record.kind} ${record.value}`;
  if (liveTokens === null) return `It hits ${what}; how many live tokens that is, the stack does not know.`;
  const { count, isComplete } = liveTokens;
  return `It hits ${what}: ${isComplete ? '' : 'at least '}${counted(count, 'live token')}.`;
}

type BulkResult = { readonly record: Revocation } | { readonly error_description: string };

async function revokeAll(api: Api, requests: readonly RevocationRequest[], reason: string): Promise<Done> {
  const bodies = requests.map((request) => ({ ...request, ...(reason !== '' && { reason }) }));
  const [only] = bodies;
  if (bodies.length === 1 && only !== undefined) {
    const record = await api.post<Revocation>('/admin/revocations', only);
    return { records: [record], at: Date.now() / 1000, faults: [] };
  }
  const { results } = await api.post<{ readonly results: readonly BulkResult[] }>('/admin/revocations/bulk', {
    revocations: bodies,
  });
  return {
    records: results.flatMap((result) => ('record' in result ? [result.record] : [])),
    at: Date.now() / 1000,
    faults: results.flatMap((result) => ('record' in result ? [] : [result.error_description])),
  };
}
