import { useState } from 'preact/hooks';
import { Card, Fault } from '../ui/parts.tsx';
import type { Api } from './api.ts';
import { ConfirmCard } from './confirm-card.tsx';
import { hitsOf, revokeAll, type Revoked, undoAll } from './revoke.ts';
import type { RevocationRequest } from './shapes.ts';
import { useAsk } from './use-ask.ts';
import { useAttempt } from './use-attempt.ts';
import { Watch } from './watch.tsx';

/** What is to be revoked, and how it is called. */
export interface Target {
  readonly title: string;
  readonly requests: readonly RevocationRequest[];
  /** A token that it hits, where one was pasted: then the effect can be watched. */
  readonly token?: string;
}

/** What a card of this page is given. */
interface RevokeProps {
  readonly api: Api;
  readonly target: Target;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Revokes, after a look at what it hits; then watches the effect, and can take it back. */
export function RevokeCard({ api, target, onClose, onDone }: RevokeProps) {
  const [done, setDone] = useState<(Revoked & { readonly at: number }) | undefined>(undefined);
  const hits = useAsk(() => hitsOf(api, target.requests), [api, target]);
  if (done !== undefined) return <RevokedCard {...{ api, target, done, onClose, onDone }} />;
  const act = async (reason: string | undefined) => {
    const revoked = await revokeAll(api, target.requests, reason);
    setDone({ ...revoked, at: Date.now() / 1000 });
    onDone();
  };
  return (
    <ConfirmCard
      deed={{
        ...{ title: `Revoke ${target.title}`, verb: 'Revoke', act },
        why: 'Why (goes into the record and the events)',
        preview: hits.fault === '' ? (hits.data ?? 'Looking at what it hits …') : hits.fault,
      }}
      onClose={onClose}
    />
  );
}

function RevokedCard(props: RevokeProps & { readonly done: Revoked & { readonly at: number } }) {
  const { api, target, done, onClose, onDone } = props;
  const { fault, attempt } = useAttempt();
  const undo = () =>
    attempt(async () => {
      await undoAll(api, done.records, undefined);
      onClose();
      onDone();
    });
  return (
    <Card isOpened title={`Revoked: ${target.title}`}>
      <div class="rows">
        {done.faults.map((each) => (
          <Fault text={each} />
        ))}
        {target.token !== undefined && <Watch api={api} token={target.token} since={done.at} />}
        <div class="line">
          <button type="button" class="button" onClick={() => void undo()}>
            Undo
          </button>
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        </div>
        <Fault text={fault} />
      </div>
    </Card>
  );
}
