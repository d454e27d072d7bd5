import { compareMembers } from '../token/compare.ts';
import { decodeToken, extractToken } from '../token/decode.ts';
import { claims, headerParameters } from '../token/registry.ts';
import { duration } from '../token/times.ts';
import { ColoredToken, Editor } from '../ui/editor.tsx';
import { Card, Chip, CopyButton, PageHead } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
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
    <div class="page stack">
      <PageHead
        title="Compare two tokens"
        about="What differs, member by member. On the left is the token in the debugger."
      />
      <div class="columns">
        <Card
          flush
          title="Left"
          tail={bench.text !== '' && <CopyButton text={bench.text} label="left token" />}
        >
          <Editor
            label="Left token"
            value={bench.text}
            onInput={bench.setText}
            colored={<ColoredToken text={bench.text} />}
            placeholder="Paste a token"
          />
        </Card>
        <Card flush title="Right" tail={other !== '' && <CopyButton text={other} label="right token" />}>
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
          <Comparison title="Payload" left={left.claims ?? {}} right={right.claims ?? {}} registry={claims} />
        </>
      )}
    </div>
  );
}

function Comparison(props: {
  readonly title: string;
  readonly left: Readonly<Record<string, unknown>>;
  readonly right: Readonly<Record<string, unknown>>;
  readonly registry: typeof claims;
}) {
  const { title, registry } = props;
  const members = compareMembers(props.left, props.right);
  const differing = members.filter(({ isSame }) => !isSame).length;
  return (
    <Card
      flush
      title={title}
      beside={
        <Chip tone={differing === 0 ? 'good' : 'warn'}>
          {differing === 0 ? 'the same' : `${differing} differ`}
        </Chip>
      }
    >
      <Table
        label={`${title} compared`}
        rows={members}
        keyOf={({ name }) => name}
        empty="Nothing in either."
        classOf={({ isSame }) => (isSame ? '' : 'differs')}
        columns={[
          {
            head: 'Name',
            cell: (member) => (
              <>
                <code>{member.name}</code>
                {registry.get(member.name)?.isTime === true && <Later {...member} />}
              </>
            ),
          },
          { head: 'Left', cell: ({ left }) => <code class="break">{show(left)}</code> },
          { head: 'Right', cell: ({ right }) => <code class="break">{show(right)}</code> },
        ]}
      />
    </Card>
  );
}

/** How far two times lie apart. */
function Later({ left, right }: { readonly left: unknown; readonly right: unknown }) {
  if (typeof left !== 'number' || typeof right !== 'number' || left === right) return null;
  return (
    <div class="small muted">
      {duration(right - left)} {right > left ? 'later' : 'earlier'} on the right
    </div>
  );
}

function show(value: unknown): string {
  if (value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
