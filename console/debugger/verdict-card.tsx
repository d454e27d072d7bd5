import type { Explanation } from '../../core/verify/explain.ts';
import { examples } from '../token/examples.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { CopyButton } from '../ui/parts.tsx';
import { meaningOf, readable, showGot, stepTitles } from '../verdict/words.ts';
import type { Bench } from './state.ts';
import { Steps } from './steps.tsx';
import { TimeTravel } from './time-travel.tsx';

/** What the authorizer would say about this token, and why, step by step. */
export function VerdictCard(props: {
  readonly bench: Bench;
  readonly verdict: Explanation | undefined;
  readonly now: number;
}) {
  const { bench, verdict, now } = props;
  const isJws = bench.token.kind === 'jws';
  const shown = isJws || bench.token.kind === 'none' ? verdict : undefined;
  return (
    <section class="card verdict" aria-label="Verdict">
      <Banner bench={bench} verdict={bench.text === '' ? undefined : shown} />
      {bench.text === '' && <Starters bench={bench} />}
      {isJws && <TimeTravel bench={bench} now={now} />}
      {bench.text !== '' && shown !== undefined && (
        <Steps label="Steps of the verdict" steps={shown.steps} now={bench.at ?? now} />
      )}
    </section>
  );
}

/** Where there is nothing yet: something to look at. */
function Starters({ bench }: { readonly bench: Bench }) {
  return (
    <ul class="starters" aria-label="Something to look at">
      {Object.keys(examples).map((title) => (
        <li>
          <button type="button" onClick={() => void bench.open(title)}>
            {title}
            <Icon name="arrow" />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface BannerWords {
  readonly tone: 'good' | 'bad' | 'warn' | 'idle';
  readonly icon: IconName;
  readonly title: string;
  readonly why: string;
}

function Banner({ bench, verdict }: { readonly bench: Bench; readonly verdict: Explanation | undefined }) {
  const { tone, icon, title, why } = wordsOf(bench, verdict);
  return (
    <div class={`banner ${tone}`} role="status" aria-live="polite">
      <div class="mark">
        <Icon name={icon} size={20} />
      </div>
      <div>
        <div class="title">{title}</div>
        <div class="why">{why}</div>
      </div>
      {verdict !== undefined && <CopyButton text={asText(title, verdict)} label="verdict" />}
    </div>
  );
}

function wordsOf({ token, text }: Bench, verdict: Explanation | undefined): BannerWords {
  if (text === '') {
    return {
      tone: 'idle',
      icon: 'info',
      title: 'No token yet',
      why: 'Paste one, make one above, or open an example: the verdict is the authorizer’s own.',
    };
  }
  if (token.kind === 'jwe') {
    return {
      ...{ tone: 'warn', icon: 'question', title: 'Encrypted: only its receiver can read it' },
      why: 'This is a JWE (RFC 7516). Its header is below; the authorizer accepts signed tokens (JWS) only and would refuse it as token_malformed.',
    };
  }
  if (token.kind === 'partial') {
    return {
      tone: 'idle',
      icon: 'dots',
      title: 'Not a whole token yet',
      why: 'It is decoded as far as possible.',
    };
  }
  if (verdict === undefined) return { tone: 'idle', icon: 'dots', title: 'Checking …', why: '' };
  return verdictWords(verdict);
}

function verdictWords({ outcome, refusal, steps }: Explanation): BannerWords {
  const unknown = steps.filter(({ status }) => status === 'unknown').map(({ step }) => step);
  if (refusal !== undefined) {
    const { status, reason, detail } = refusal;
    const whatever = unknown.includes('key') ? ', whatever its signature' : '';
    return {
      ...{ tone: 'bad', icon: 'cross', title: `Would be refused${whatever}: ${reason}` },
      why: `${status} · ${meaningOf(reason)} Here: ${readable(detail)}.`,
    };
  }
  if (unknown.includes('key')) {
    return {
      ...{ tone: 'warn', icon: 'question', title: 'Signature not verified' },
      why: `All else holds, but ${steps.find(({ step }) => step === 'key')?.detail ?? 'no key was given'}. Paste the issuer’s key or its JWK Set.`,
    };
  }
  if (outcome === 'unknown') {
    return {
      ...{ tone: 'good', icon: 'check', title: 'Would be accepted, unless it was revoked' },
      why: 'The signature and all claims are valid. Only the stack knows whether it was revoked: sign in to it to ask it here.',
    };
  }
  return { tone: 'good', icon: 'check', title: 'Would be accepted', why: 'Every step holds.' };
}

/** For a ticket or a chat: what was decided, without the token. */
function asText(title: string, { steps }: Explanation): string {
  const lines = steps
    .filter(({ status }) => status !== 'not_needed' && status !== 'not_reached')
    .map(({ step, status, got, allowed, detail }) =>
      [
        `${status.padEnd(8)} ${stepTitles[step]}`,
        ...(allowed === undefined || step === 'header' || step === 'revocation'
          ? []
          : [`got ${showGot(got)}; allowed ${allowed}`]),
        ...(detail === undefined ? [] : [detail]),
      ].join(': '),
    );
  return [title, ...lines].join('\n');
}
