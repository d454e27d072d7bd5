import { useState } from 'preact/hooks';
import { dateTime, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Field, Notice, type Tone } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import type { Api } from './api.ts';
import { KeyTimeline, whatNext } from './charts.tsx';
import type { Key } from './shapes.ts';
import { useAsk } from './use-ask.ts';

interface Rotated {
  readonly rotated: boolean;
  readonly active: string;
  readonly next: string;
  readonly nextMaySignAt?: number;
}

const tones: Readonly<Record<Key['state'], Tone>> = {
  ...{ pending: 'plain', active: 'good', retiring: 'warn', retired: 'plain', compromised: 'bad' },
};

/** Signing keys on a line of time; rotation, planned or at once. */
export function KeysPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const { data, fault, reload } = useAsk(
    () => api.get<{ readonly keys: readonly Key[] }>('/admin/keys'),
    [api],
    10,
  );
  const [reason, setReason] = useState('');
  const [suspect, setSuspect] = useState('');
  const [said, setSaid] = useState<{ readonly tone: Tone; readonly text: string } | undefined>(undefined);
  const act = async (path: string, body: object) => {
    try {
      const { rotated, active, nextMaySignAt } = await api.post<Rotated>(path, {
        ...body,
        ...(reason !== '' && { reason }),
      });
      const when =
        nextMaySignAt === undefined
          ? ''
          : ` The next one may sign ${relative(nextMaySignAt, Date.now() / 1000)}.`;
      setSaid({
        tone: rotated ? 'good' : 'plain',
        text: `${rotated ? 'Rotated: now signs' : 'Not rotated: still signs'} ${active}.${when}`,
      });
      setSuspect('');
      setReason('');
      await reload();
    } catch (error) {
      setSaid({ tone: 'bad', text: (error as Error).message });
    }
  };
  const keys = data?.keys ?? [];
  return (
    <>
      <div class="page-head" style={{ marginBottom: 0 }}>
        <div>
          <h1>Keys</h1>
          <p>
            A key is published before it signs and verified after it stops, so that no valid token is ever
            refused.
          </p>
        </div>
        <button type="button" class="button primary" onClick={() => void act('/admin/keys/rotate', {})}>
          Rotate now
        </button>
      </div>
      {fault !== '' && <Notice tone="bad">{fault}</Notice>}
      {said !== undefined && <Notice tone={said.tone}>{said.text}</Notice>}
      <Card title="Timeline">
        <KeyTimeline keys={keys.filter(({ state }) => state !== 'retired')} now={now} />
      </Card>
      {suspect !== '' && (
        <Card title="Take a compromised key out of use">
          <div class="rows">
            <Notice tone="bad">
              Signing with <code>{suspect}</code> stops at once and every token under it is refused. This
              cannot be undone.
            </Notice>
            <Field label="Why (goes into the events)" value={reason} onInput={setReason} />
            <div class="line">
              <button
                type="button"
                class="button danger solid"
                onClick={() => void act('/admin/keys/compromise', { kid: suspect })}
              >
                Refuse its tokens now
              </button>
              <button type="button" class="button" onClick={() => setSuspect('')}>
                Leave it
              </button>
            </div>
          </div>
        </Card>
      )}
      <Card flush title={counted(keys.length, 'key')}>
        <div class="scroll-x" tabIndex={0} role="region" aria-label="Keys">
          <table class="table">
            <thead>
              <tr>
                <th>Key</th>
                <th>State</th>
                <th>Published</th>
                <th>Next</th>
                <th>Emergency</th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <tr key={key.kid}>
                  <td class="break">
                    <code>{key.kid}</code> <span class="muted">{key.algorithm}</span>
                  </td>
                  <td>
                    <Chip tone={tones[key.state]}>{key.state}</Chip>
                  </td>
                  <td title={dateTime(key.publishedAt)}>{relative(key.publishedAt, now)}</td>
                  <td>{whatNext(key, now)}</td>
                  <td>
                    {(key.state === 'active' || key.state === 'retiring' || key.state === 'pending') && (
                      <button type="button" class="button danger" onClick={() => setSuspect(key.kid)}>
                        Compromised …
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}
