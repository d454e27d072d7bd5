import { relative, dateTime } from '../token/times.ts';
import { Chip, Id, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import type { Target } from './revoke-card.tsx';
import { revokedBy } from './revoked-by.ts';
import type { IssuedToken, Revocation } from './shapes.ts';

/** Live tokens as rows, some of them chosen. */
export function TokenTable(props: {
  readonly tokens: readonly IssuedToken[] | undefined;
  /** Undefined while they are not known. */
  readonly revocations: readonly Revocation[] | undefined;
  readonly now: number;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onRevoke: (target: Target, token: IssuedToken) => void;
}) {
  const { tokens, revocations, now, chosen, onChoose, onRevoke } = props;
  const turn = (jti: string) => {
    const next = new Set(chosen);
    if (!next.delete(jti)) next.add(jti);
    onChoose(next);
  };
  const shown = (tokens ?? []).map(({ jti }) => jti);
  const areAll = shown.every((jti) => chosen.has(jti));
  return (
    <Table
      label="Live tokens"
      rows={tokens}
      keyOf={({ jti }) => jti}
      empty="No live token is like that."
      columns={[
        {
          head: 'Choose',
          headCell: (
            <input
              type="checkbox"
              aria-label="Choose all that are shown"
              checked={areAll}
              onChange={() => onChoose(new Set(areAll ? [] : shown))}
            />
          ),
          cell: ({ jti }) => (
            <input
              type="checkbox"
              aria-label={`Choose ${jti}`}
              checked={chosen.has(jti)}
              onChange={() => turn(jti)}
            />
          ),
        },
        {
          head: 'Token',
          cell: ({ jti, subject }) => (
            <>
              <span class="break">{subject}</span>
              <div class="small muted">
                <Id isShort value={jti} label="jti" />
              </div>
            </>
          ),
        },
        { head: 'Client', cell: ({ clientId }) => <span class="break">{clientId}</span> },
        { head: 'Scope', cell: ({ scope }) => <code class="break">{scope}</code> },
        { head: 'Issued', cell: ({ issuedAt }) => <When at={issuedAt} now={now} /> },
        { head: 'Expires', cell: ({ expiresAt }) => <When at={expiresAt} now={now} /> },
        { head: 'State', cell: (token) => <State {...{ token, revocations, now }} /> },
        {
          head: 'Revoke',
          cell: (token) => <Revocations token={token} onRevoke={onRevoke} />,
        },
      ]}
    />
  );
}

/** Whether a token is revoked, by what; and when it was last refused, which may be for another cause. */
function State(props: {
  readonly token: IssuedToken;
  readonly revocations: readonly Revocation[] | undefined;
  readonly now: number;
}) {
  const { token, revocations, now } = props;
  const { lastRefusal } = token;
  const revocation = revocations && revokedBy(token, revocations, now);
  return (
    <>
      {revocations === undefined && <Chip>not known</Chip>}
      {revocation !== undefined && <Chip tone="bad">revoked · {revocation.kind}</Chip>}
      {revocations !== undefined && revocation === undefined && <Chip tone="good">live</Chip>}
      {lastRefusal !== undefined && (
        <div class="small muted" title={`${dateTime(lastRefusal.at)}: ${lastRefusal.reason}`}>
          refused {relative(lastRefusal.at, now)}
        </div>
      )}
    </>
  );
}

function Revocations(props: {
  readonly token: IssuedToken;
  readonly onRevoke: (target: Target, token: IssuedToken) => void;
}) {
  const { token, onRevoke } = props;
  return (
    <span class="one-line">
      {targetsOf(token).map(({ name, ...target }) => (
        <button
          type="button"
          class="button plain"
          aria-label={`Revoke ${target.title}`}
          onClick={() => onRevoke(target, token)}
        >
          {name}
        </button>
      ))}
    </span>
  );
}

/** What of a token can be revoked: itself, or everything of its subject, client or session. */
function targetsOf(token: IssuedToken): readonly (Target & { readonly name: string })[] {
  const { jti, subject, clientId, sid, issuer } = token;
  return [
    { name: 'token', title: `token ${jti}`, requests: [{ jti, issuer }] },
    { name: 'subject', title: `all tokens of subject ${subject}`, requests: [{ subject, issuer }] },
    { name: 'client', title: `all tokens of client ${clientId}`, requests: [{ clientId, issuer }] },
    ...(sid === undefined ? [] : [{ name: 'session', title: `session ${sid}`, requests: [{ sid, issuer }] }]),
  ];
}
