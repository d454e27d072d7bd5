import { useState } from 'preact/hooks';
import { decodeToken, extractToken } from '../token/decode.ts';
import { dateTime, relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Notice, Select } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import { type Api, listAll, type Page } from './api.ts';
import { IssueCard } from './issue-card.tsx';
import { RevocationList } from './revocation-list.tsx';
import { revokedBy } from './revoked-by.ts';
import { RevokeCard, type Target } from './revoke-card.tsx';
import type { IssuedToken, Revocation } from './shapes.ts';
import { useAsk } from './use-ask.ts';

const members = [
  ['', 'all live tokens'],
  ['subject', 'subject'],
  ['clientId', 'client'],
  ['jti', 'jti'],
  ['sid', 'session'],
  ['kid', 'key'],
] as const;

/** Finds tokens, shows their state, revokes them, and takes it back. */
export function TokensPage({
  api,
  onInspect,
}: {
  readonly api: Api;
  readonly onInspect: (token: string) => void;
}) {
  const now = useNow(1);
  const [search, setSearch] = useState({ member: '', value: '', scope: '' });
  const [pasted, setPasted] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [target, setTarget] = useState<Target | undefined>(undefined);
  const query = queryOf(search);
  const { data, fault, reload } = useAsk(
    () => api.get<Page<IssuedToken>>('/admin/tokens', query),
    [api, JSON.stringify(query)],
    5,
  );
  const revocations = useAsk(() => listAll<Revocation>(api, '/admin/revocations'), [api], 10);
  const tokens = (data?.items ?? []).toSorted((a, b) => b.issuedAt - a.issuedAt);
  const changed = () => {
    setChosen([]);
    void reload();
    void revocations.reload();
  };
  const paste = (text: string) => {
    const token = extractToken(text);
    setPasted(token);
    const jti = decodeToken(token).claims?.jti;
    if (typeof jti === 'string') setSearch({ member: 'jti', value: jti, scope: '' });
  };
  return (
    <>
      <div class="page-head" style={{ marginBottom: 0 }}>
        <div>
          <h1>Tokens</h1>
          <p>
            Issued tokens that are still live. The tokens themselves are never stored: paste one to find it,
            and to watch it being refused.
          </p>
        </div>
      </div>
      <div class="toolbar" role="search">
        <Select
          label="Search by"
          value={search.member}
          options={members}
          onPick={(member) => setSearch({ ...search, member })}
        />
        <input
          class="input mono"
          style={{ width: '230px' }}
          aria-label="Searched value"
          disabled={search.member === ''}
          value={search.value}
          placeholder={search.member === '' ? '' : 'exactly'}
          onInput={(event) => setSearch({ ...search, value: event.currentTarget.value })}
        />
        <input
          class="input mono"
          style={{ width: '180px' }}
          aria-label="Scope"
          value={search.scope}
          placeholder="with this scope"
          onInput={(event) => setSearch({ ...search, scope: event.currentTarget.value })}
        />
        <input
          class="input mono"
          style={{ flex: '1 1 240px' }}
          aria-label="Paste a token"
          value={pasted}
          placeholder="or paste a token"
          onInput={(event) => paste(event.currentTarget.value)}
        />
        {pasted !== '' && (
          <>
            <button
              type="button"
              class="button danger"
              onClick={() =>
                setTarget({ title: 'the pasted token', requests: [{ token: pasted }], token: pasted })
              }
            >
              Revoke it …
            </button>
            <button type="button" class="button" onClick={() => onInspect(pasted)}>
              Explain it
            </button>
          </>
        )}
      </div>
      {target !== undefined && (
        <RevokeCard
          key={target.title}
          api={api}
          target={target}
          onClose={() => setTarget(undefined)}
          onDone={changed}
        />
      )}
      {fault !== '' && <Notice tone="bad">{fault}</Notice>}
      <Card
        flush
        title={
          data === undefined
            ? 'Tokens'
            : data.next === undefined
              ? counted(tokens.length, 'token')
              : `${tokens.length}+ tokens`
        }
        tail={
          chosen.length > 0 && (
            <button
              type="button"
              class="button danger"
              onClick={() =>
                setTarget({ title: `${chosen.length} tokens`, requests: chosen.map((jti) => ({ jti })) })
              }
            >
              Revoke {chosen.length} …
            </button>
          )
        }
      >
        <TokenTable {...{ tokens, now, chosen, setChosen, setTarget }} revocations={revocations.data} />
      </Card>
      <IssueCard api={api} onInspect={onInspect} onIssued={() => void reload()} />
      <RevocationList api={api} revocations={revocations} onUndone={changed} now={now} />
    </>
  );
}

/** A jti names one token, so that nothing else may stand beside it. */
function queryOf({
  member,
  value,
  scope,
}: {
  readonly member: string;
  readonly value: string;
  readonly scope: string;
}) {
  const wanted = value.trim();
  if (member === 'jti' && wanted !== '') return { jti: wanted };
  return { ...(member !== '' && { [member]: wanted }), scope: scope.trim(), limit: 200 };
}

function TokenTable(props: {
  readonly tokens: readonly IssuedToken[];
  readonly revocations: readonly Revocation[] | undefined;
  readonly now: number;
  readonly chosen: readonly string[];
  readonly setChosen: (chosen: readonly string[]) => void;
  readonly setTarget: (target: Target) => void;
}) {
  const { tokens, revocations, now, chosen, setChosen, setTarget } = props;
  if (tokens.length === 0) return <p class="empty">No live token is like that.</p>;
  const turn = (jti: string) =>
    setChosen(chosen.includes(jti) ? chosen.filter((other) => other !== jti) : [...chosen, jti]);
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Live tokens">
      <table class="table">
        <thead>
          <tr>
            <th>
              <span class="visually-hidden">Choose</span>
            </th>
            <th>Subject</th>
            <th>Client</th>
            <th>Scope</th>
            <th>Issued</th>
            <th>Expires</th>
            <th>State</th>
            <th>Revoke</th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.jti}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose ${token.jti}`}
                  checked={chosen.includes(token.jti)}
                  onChange={() => turn(token.jti)}
                />
              </td>
              <td class="break" title={token.jti}>
                {token.subject}
              </td>
              <td class="break">{token.clientId}</td>
              <td class="break">
                <code>{token.scope}</code>
              </td>
              <td title={dateTime(token.issuedAt)}>{relative(token.issuedAt, now)}</td>
              <td title={dateTime(token.expiresAt)}>{relative(token.expiresAt, now)}</td>
              <td>
                <State {...{ token, revocations, now }} />
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                {revocationsOf(token).map(({ name, ...rest }) => (
                  <button
                    type="button"
                    class="button plain"
                    aria-label={`Revoke ${rest.title}`}
                    onClick={() => setTarget(rest)}
                  >
                    {name}
                  </button>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
        <div class="small muted" title={dateTime(lastRefusal.at)}>
          last refused {relative(lastRefusal.at, now)}: {lastRefusal.reason}
        </div>
      )}
    </>
  );
}

function revocationsOf({
  jti,
  subject,
  clientId,
  sid,
  issuer,
}: IssuedToken): readonly (Target & { readonly name: string })[] {
  return [
    { name: 'token', title: `token ${jti}`, requests: [{ jti, issuer }] },
    { name: 'subject', title: `all tokens of subject ${subject}`, requests: [{ subject, issuer }] },
    { name: 'client', title: `all tokens of client ${clientId}`, requests: [{ clientId, issuer }] },
    ...(sid === undefined ? [] : [{ name: 'session', title: `session ${sid}`, requests: [{ sid, issuer }] }]),
  ];
}
