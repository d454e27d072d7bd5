import { compareMembers } from '../token/compare.ts';
import { decodeToken, extractToken } from '../token/decode.ts';
import { claims, headerParameters } from '../token/registry.ts';
import { duration } from '../token/times.ts';
import { ColoredToken, Editor } from '../ui/editor.tsx';
import { Card, Chip } from '../ui/parts.tsx';
import type { Bench } from './state.ts';

/** Two tokens, member by member. The left one is the debugger's. */
export function ComparePage(props: {
  readonly bench: Bench;
  readonly other: string;
  readonly onOther: (text: string) => void;
}) {
  const { bench, other, onOther } = props;
  const [left, right] = [bench.token, decodeToken(other)];
  return (
    <div class="page">
      <div class="page-head">
        <div>
          <h1>Compare two tokens</h1>
          <p>What differs, member by member. On the left is the token in the debugger.</p>
        </div>
      </div>
      <div class="stack">
        <div class="columns">
          <Card flush title="Left">
            <Editor
              label="Left token"
              value={bench.text}
              onInput={bench.setText}
              colored={<ColoredToken text={bench.text} />}
              placeholder="Paste a token"
            />
          </Card>
          <Card flush title="Right">
            <Editor
              label="Right token"
              value={other}
              onInput={(text) => onOther(extractToken(text))}
              colored={<ColoredToken text={other} />}
              placeholder="Paste another"
            />
          </Card>
        </div>
        {left.header !== undefined && right.header !== undefined && (
          <>
            <Comparison title="Header" left={left.header} right={right.header} registry={headerParameters} />
            <Comparison
              title="Payload"
              left={left.claims ?? {}}
              right={right.claims ?? {}}
              registry={claims}
            />
          </>
        )}
      </div>
    </div>
  );
}

function Comparison(props: {
  readonly title: string;
  readonly left: Readonly<Record<string, unknown>>;
  readonly right: Readonly<Record<string, unknown>>;
  readonly registry: typeof claims;
}) {
  const members = compareMembers(props.left, props.right);
  const differing = members.filter(({ isSame }) => !isSame).length;
  return (
    <Card
      flush
      title={props.title}
      beside={
        <Chip tone={differing === 0 ? 'good' : 'warn'}>
          {differing === 0 ? 'the same' : `${differing} differ`}
        </Chip>
      }
    >
      <div class="scroll-x" tabIndex={0} role="region" aria-label={`${props.title} compared`}>
        <table class="table">
          <thead>
            <tr>
              <th>Name</th>
              <th>Left</th>
              <th>Right</th>
            </tr>
          </thead>
          <tbody>
            {members.map(({ name, left, right, isSame }) => (
              <tr class={isSame ? '' : 'differs'}>
                <td>
                  <code>{name}</code>
                  {props.registry.get(name)?.isTime === true &&
                    typeof left === 'number' &&
                    typeof right === 'number' &&
                    !isSame && (
                      <div class="small muted">
                        {duration(right - left)} {right > left ? 'later' : 'earlier'} on the right
                      </div>
                    )}
                </td>
                <td class="break">
                  <code>{show(left)}</code>
                </td>
                <td class="break">
                  <code>{show(right)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function show(value: unknown): string {
  if (value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
