import { challengeOf } from '../../core/verify/challenge.ts';
import type { ExplainedStep, StepStatus } from '../../core/verify/explain.ts';
import { reasons } from '../../core/verify/reasons.ts';
import type { Step } from '../../core/verify/steps.ts';
import { dateTime, duration, isPlausibleTime, relative } from '../token/times.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { readable, showGot, stepTitles } from '../verdict/words.ts';

/** Times as people read them. */
function showFact(step: Step, got: unknown, now: number): string {
  const isTime = (step === 'exp' || step === 'nbf' || step === 'iat') && isPlausibleTime(got);
  if (step === 'header' && typeof got === 'object') return Object.keys(got ?? {}).join(', ');
  if (step === 'lifetime' && typeof got === 'number') return duration(got);
  return isTime ? `${dateTime(got)} · ${relative(got, now)}` : showGot(got);
}

const icons: Readonly<Record<StepStatus, IconName>> = {
  ...{ passed: 'check', failed: 'cross', unknown: 'question', not_needed: 'minus', not_reached: 'dots' },
};

const statusWords: Readonly<Record<StepStatus, string>> = {
  ...{ passed: 'holds', failed: 'fails', unknown: 'not known here', not_needed: 'not asked for' },
  not_reached: 'not reached',
};

/** The steps of a decision that were taken, and the names of those that were not reached. */
export function Steps(props: {
  readonly label: string;
  readonly steps: readonly ExplainedStep[];
  readonly now: number;
}) {
  const { label, steps, now } = props;
  const told = steps.filter(
    ({ status, step }) => status !== 'not_needed' && step !== 'ticket' && step !== 'credentials',
  );
  const reached = told.filter(({ status }) => status !== 'not_reached');
  const beyond = told.filter(({ status }) => status === 'not_reached').map(({ step }) => stepTitles[step]);
  return (
    <>
      <ol class="steps" aria-label={label}>
        {reached.map((step) => (
          <StepRow step={step} now={now} />
        ))}
      </ol>
      {beyond.length > 0 && <p class="beyond small muted">Not reached: {beyond.join(', ')}.</p>}
    </>
  );
}

function StepRow(props: { readonly step: ExplainedStep; readonly now: number }) {
  const { step, status, got, allowed, reason, detail } = props.step;
  const isSilent = step === 'revocation' || allowed === undefined;
  const fact = isSilent ? '' : showFact(step, got, props.now);
  return (
    <li class={`step ${status}`}>
      <Icon name={icons[status]} size={15} />
      <span class="name">
        {stepTitles[step]}
        <span class="visually-hidden">: {statusWords[status]}</span>
      </span>
      <code class="got" title={fact}>
        {fact}
      </code>
      <span class="allowed small muted" title={allowed}>
        {readable(allowed ?? '')}
      </span>
      {detail !== undefined && <span class="detail small">{readable(detail)}</span>}
      {reason !== undefined && (
        <span class="detail small">
          The client sees{' '}
          <code>WWW-Authenticate: {challengeOf({ reason, status: reasons[reason].status })}</code>
        </span>
      )}
    </li>
  );
}
