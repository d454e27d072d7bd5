import { useState } from 'preact/hooks';
import { Card, Chip, Fault, Id, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { counted } from '../ui/words.ts';
import type { Api, Page } from './api.ts';
import { ConfirmCard } from './confirm-card.tsx';
import { undoAll } from './revoke.ts';
import type { Revocation } from './shapes.ts';
import type { Asked } from './use-ask.ts';

/** Active revocations, each with its undo. */
export function RevocationList(props: {
  readonly api: Api;
  readonly revocations: Asked<Page<Revocation>>;
  readonly now: number;
  readonly onUndone: () => void;
}) {
  const { api, revocations, now, onUndone } = props;
  const [lifting, setLifting] = useState<Revocation | undefined>(undefined);
  const { data, fault } = revocations;
  const records = data?.items.toSorted((a, b) => b.revokedAt - a.revokedAt);
  const title =
    records === undefined
      ? 'Active revocations'
      : counted(records.length, 'active revocation', 'active revocations');
  const lift = async (record: Revocation, reason: string | undefined) => {
    await undoAll(api, [record], reason);
    setLifting(undefined);
    onUndone();
  };
  return (
    <>
      {lifting !== undefined && (
        <ConfirmCard
          key={lifting.id}
          deed={{
            title: `Undo the revocation of ${lifting.kind} ${lifting.value}`,
            preview: 'What it refused is accepted again until it expires, whoever holds it.',
            why: 'Why (goes into the events)',
            verb: 'Accept it again',
            act: (reason) => lift(lifting, reason),
          }}
          onClose={() => setLifting(undefined)}
        />
      )}
      <Fault text={fault} />
      <Card flush title={title}>
        <Table
          label="Revocations"
          rows={records}
          keyOf={({ id }) => id}
          empty="Nothing is revoked."
          columns={[
            {
              head: 'What',
              cell: ({ kind, value }) => (
                <span class="line">
                  <Chip>{kind}</Chip> {value !== '' && <Id value={value} label={kind} />}
                </span>
              ),
            },
            { head: 'Revoked', cell: ({ revokedAt }) => <When at={revokedAt} now={now} /> },
            { head: 'By whom', cell: ({ actor = '' }) => <span class="break">{actor}</span> },
            { head: 'Why', cell: ({ reason = '' }) => <span class="break">{reason}</span> },
            { head: 'Kept until', cell: ({ expiresAt }) => <When at={expiresAt} now={now} /> },
            {
              head: 'Undo',
              isAction: true,
              cell: (record) =>
                record.kind !== 'key' && (
                  <button
                    type="button"
                    class="button plain"
                    aria-label={`Undo ${record.kind} ${record.value}`}
                    onClick={() => setLifting(record)}
                  >
                    Undo …
                  </button>
                ),
            },
          ]}
        />
      </Card>
    </>
  );
}
