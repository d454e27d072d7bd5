import type { Session } from '../dashboard/session.ts';
import { useLatest, useNow } from '../ui/hooks.ts';
import { PageHead } from '../ui/parts.tsx';
import { requestOf, setupOf } from '../verdict/policy.ts';
import { explainWith } from '../verdict/setup.ts';
import { Contents } from './contents.tsx';
import { DpopCard } from './dpop-card.tsx';
import { KeyCard } from './key-card.tsx';
import { Maker } from './maker.tsx';
import { PolicyCard } from './policy-card.tsx';
import { StackCard } from './stack-card.tsx';
import type { Bench } from './state.ts';
import { TokenCard } from './token-card.tsx';
import { VerdictCard } from './verdict-card.tsx';

/** Decode, verify, encode, and above all: say why. */
export function DebuggerPage({ bench, session }: { readonly bench: Bench; readonly session: Session }) {
  const now = useNow();
  const at = bench.at ?? Math.floor(now);
  const { text, key, policy, token } = bench;
  const verdict = useLatest(
    () => explainWith(setupOf(policy, token, key, at), requestOf(policy, text)),
    [text, key, policy, at],
  );
  return (
    <div class="page stack">
      <PageHead
        title="Why would this token be refused?"
        about="Decided here by the authorizer’s own code. Nothing you paste leaves this page by itself."
      >
        <Maker bench={bench} />
      </PageHead>
      <div class="bench">
        <div class="stack">
          <TokenCard bench={bench} />
          <KeyCard bench={bench} />
          <PolicyCard bench={bench} />
        </div>
        <div class="stack">
          <VerdictCard bench={bench} verdict={verdict} now={now} />
          {token.kind === 'jws' && <StackCard bench={bench} session={session} now={now} />}
          <Contents bench={bench} now={at} />
          <DpopCard bench={bench} now={at} />
        </div>
      </div>
    </div>
  );
}
