import type { ExplainedStep, Explanation, StepStatus } from '../core/verify/explain.ts';
import { paint, type Style, visible } from './output.ts';

const marks: Readonly<Record<StepStatus, readonly [mark: string, style: Style]>> = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  unknown: ['?', 'yellow'],
  not_needed: ['·', 'dim'],
  not_reached: ['·', 'dim'],
};

const verdicts = {
  allow: ['allowed', 'green'],
  refuse: ['refused', 'red'],
  unknown: ['not decided', 'yellow'],
} as const satisfies Readonly<Record<Explanation['outcome'], readonly [string, Style]>>;

/** An explanation as a list of its steps, and the verdict. */
export function describeExplanation({ outcome, refusal, steps }: Explanation): string {
  const [verdict, style] = verdicts[outcome];
  const because =
    refusal === undefined
      ? ''
      : `: ${refusal.reason} (${refusal.status}), ${visible(withDates(refusal.detail))}`;
  const taken = steps.filter(({ status }) => status !== 'not_needed');
  return [...taken.map(describeStep), '', paint('bold', paint(style, verdict)) + because].join('\n');
}

function describeStep({ step, status, got, allowed, detail }: ExplainedStep): string {
  const [mark, style] = marks[status];
  const name = `${paint(style, mark)} ${step.padEnd(12)}`;
  if (status === 'not_reached') return `${name} ${paint('dim', 'not reached')}`;
  if (status === 'unknown') return `${name} ${paint(style, `not known: ${detail ?? 'not asked'}`)}`;
  const given = step === 'revocation' ? recordsOf(got) : textOf(got);
  const facts = visible(withDates(`got ${given}; allowed: ${allowed ?? 'anything'}`));
  return `${name} ${status === 'failed' ? facts : paint('dim', facts)}`;
}

/** Whose records were looked up; their ids repeat the token's claims. */
function recordsOf(ids: unknown): string {
  const { token, common = [] } = ids as { readonly token?: string; readonly common?: readonly string[] };
  const kinds = [token, ...common].flatMap((id) => (id === undefined ? [] : [id.split(':')[0]]));
  return `the records of its ${kinds.join(', ')}`;
}

/** NumericDates of this century, as people read them. */
function withDates(text: string): string {
  return text.replaceAll(/(?<![\w."-])[1-3]\d{9}(?:\.\d+)?(?![\w."-])/g, (time) =>
    new Date(Number(time) * 1000).toISOString(),
  );
}

function textOf(got: unknown): string {
  if (got === undefined || got === '') return 'nothing';
  return typeof got === 'string' ? got : JSON.stringify(got);
}

/** Exit code of a verb that decides: 0 allowed, 1 refused or not decided. */
export function exitCodeOf({ outcome }: Explanation): 0 | 1 {
  return outcome === 'allow' ? 0 : 1;
}
