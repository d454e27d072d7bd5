import { useState } from 'preact/hooks';
import { dateTime, relative } from '../token/times.ts';
import { Card, Chip, Notice } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import type { Api } from './api.ts';
import type { Revocation } from './shapes.ts';
import type { Asked } from './use-ask.ts';

/** Revocations that stand, each with its undo. */
export function RevocationList(props: {
  readonly api: Api;
  readonly revocations: Asked<readonly Revocation[]>;
  readonly now: number;
  readonly onUndone: () => void;
}) {
  const { api, revocations, now, onUndone } = props;
  const { data, fault } = revocations;
  const [said, setSaid] = useState('');
  const undo = async ({ kind, issuer, value, revokedAt }: Revocation) => {
    try {
      await api.post('/admin/revocations/undo', { kind, issuer, value, revokedAt });
      setSaid('');
      onUndone();
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  const records = (data ?? []).toSorted((a, b) => b.revokedAt - a.revokedAt);
  return (
    <Card
      flush
      title={
        data === undefined
          ? 'Revocations that stand'
          : counted(records.length, 'revocation that stands', 'revocations that stand')
      }
    >
      {(fault !== '' || said !== '') && (
        <div class="card-body">
          <Notice tone="bad">{said === '' ? fault : said}</Notice>
        </div>
      )}
      {records.length === 0 ? (
        <p class="empty">Nothing is revoked.</p>
      ) : (
        <div class="scroll-x" tabIndex={0} role="region" aria-label="Revocations">
          <table class="table">
            <thead>
              <tr>
                <th>What</th>
                <th>Revoked</th>
                <th>By whom</th>
                <th>Why</th>
                <th>Kept until</th>
                <th>
                  <span class="visually-hidden">Undo</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.id}>
                  <td class="break">
                    <Chip>{record.kind}</Chip> <code>{record.value}</code>
                  </td>
                  <td title={dateTime(record.revokedAt)}>{relative(record.revokedAt, now)}</td>
                  <td class="break">{record.actor ?? ''}</td>
                  <td class="break">{record.reason ?? ''}</td>
                  <td title={dateTime(record.expiresAt)}>{relative(record.expiresAt, now)}</td>
                  <td>
                    {record.kind !== 'key' && (
                      <button
                        type="button"
                        class="button plain"
                        aria-label={`Undo ${record.kind} ${record.value}`}
                        onClick={() => void undo(record)}
                      >
                        Undo
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
