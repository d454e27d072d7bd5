import { useEffect, useState } from 'preact/hooks';
import type { Explanation } from '../../core/verify/explain.ts';
import { apiOf } from '../dashboard/api.ts';
import type { Session } from '../dashboard/session.ts';
import { Field } from '../ui/fields.tsx';
import { Card, Notice, type Tone } from '../ui/parts.tsx';
import { meaningOf, readable } from '../verdict/words.ts';
import type { Bench } from './state.ts';
import { Steps } from './steps.tsx';

/**
 * The verdict of the stack that the reader is signed in to, which knows what was revoked. The token is sent there when
 * the button is pressed, and never otherwise; a change of token, time or route takes the answer away.
 */
export function StackCard(props: { readonly bench: Bench; readonly session: Session; readonly now: number }) {
  const { bench, session, now } = props;
  const [route, setRoute] = useState('');
  const [answer, setAnswer] = useState<Explanation | undefined>(undefined);
  const [said, setSaid] = useState('');
  const { text, at } = bench;
  useEffect(() => {
    setAnswer(undefined);
    setSaid('');
  }, [text, at, route, session.token]);
  if (session.token === undefined)
    return session.ended === '' ? null : <Notice tone="warn">{session.ended}</Notice>;
  const { host } = location;
  const ask = async (event: Event) => {
    event.preventDefault();
    setAnswer(undefined);
    setSaid(`Asking ${host} …`);
    try {
      const body = { token: text, ...(route.trim() !== '' && { route: route.trim() }) };
      setAnswer(await apiOf(session).post<Explanation>('/admin/explain', { ...body, at }));
      setSaid('');
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <Card flush title="Ask the stack">
      <form class="rows card-body" onSubmit={(event) => void ask(event)}>
        <p class="small muted">
          {host} knows what was revoked, its issuers and the scopes of its routes. The button sends it the
          token, presented as Bearer; nothing is written.
        </p>
        <div class="fields with-button">
          <Field label="Route" value={route} onInput={setRoute} placeholder="GET /orders/{id}" />
          <button type="submit" class="button primary">
            Ask {host}
          </button>
        </div>
        {said !== '' && <Notice tone="plain">{said}</Notice>}
      </form>
      {answer !== undefined && <Answer answer={answer} now={at ?? now} host={host} />}
    </Card>
  );
}

function Answer(props: { readonly answer: Explanation; readonly now: number; readonly host: string }) {
  const { answer, now, host } = props;
  const [tone, words] = wordsOf(answer, host);
  return (
    <>
      <div class="card-body answer">
        <Notice tone={tone}>{words}</Notice>
      </div>
      <Steps label={`Steps of ${host}`} steps={answer.steps} now={now} />
    </>
  );
}

function wordsOf({ outcome, refusal, steps }: Explanation, host: string): readonly [Tone, string] {
  if (refusal !== undefined) {
    const { status, reason, detail } = refusal;
    return [
      'bad',
      `${host} refuses it: ${status} ${reason}. ${meaningOf(reason)} Here: ${readable(detail)}.`,
    ];
  }
  if (outcome === 'allow') return ['good', `${host} accepts it: every step holds, and nothing revokes it.`];
  const { detail = '' } = steps.find(({ status }) => status === 'unknown') ?? {};
  return ['warn', `${host} cannot tell: ${detail}. The request would fail closed.`];
}
