import { useState } from 'preact/hooks';
import { decodeToken, extractToken } from '../token/decode.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Fault, PageHead } from '../ui/parts.tsx';
import { counted } from '../ui/words.ts';
import { type Api, type Page, readPages } from './api.ts';
import { IssueCard } from './issue-card.tsx';
import { More } from './more.tsx';
import { RevocationList } from './revocation-list.tsx';
import { RevokeCard, type Target } from './revoke-card.tsx';
import type { IssuedToken, Revocation } from './shapes.ts';
import { everything, queryOf, TokenSearch } from './token-search.tsx';
import { TokenTable } from './token-table.tsx';
import { useAsk, usePages } from './use-ask.ts';

const none: ReadonlySet<string> = new Set();

/** Finds tokens, shows their state, revokes them, and takes it back. */
export function TokensPage({
  api,
  onInspect,
}: {
  readonly api: Api;
  readonly onInspect: (token: string) => void;
}) {
  const now = useNow(1);
  const [search, setSearch] = useState(everything);
  const [pasted, setPasted] = useState('');
  const [chosen, setChosen] = useState(none);
  const [target, setTarget] = useState<Target | undefined>(undefined);
  const query = queryOf(search);
  const list = usePages(
    (limit) =>
      'jti' in query
        ? api.get<Page<IssuedToken>>('/admin/tokens', query)
        : readPages<IssuedToken>(api, '/admin/tokens', { ...query, limit }),
    [api, JSON.stringify(query)],
    { first: 20, everySeconds: 5 },
  );
  const revocations = useAsk(() => readPages<Revocation>(api, '/admin/revocations'), [api], 10);
  const tokens = list.data?.items.toSorted((a, b) => b.issuedAt - a.issuedAt);
  const changed = () => {
    setChosen(none);
    void list.reload();
    void revocations.reload();
  };
  const paste = (text: string) => {
    const token = extractToken(text);
    setPasted(token);
    const jti = decodeToken(token).claims?.jti;
    if (typeof jti === 'string') setSearch({ ...everything, member: 'jti', value: jti });
  };
  const isPasted = ({ jti }: IssuedToken) => decodeToken(pasted).claims?.jti === jti;
  return (
    <>
      <PageHead
        title="Tokens"
        about="Issued tokens that are still live. The tokens themselves are never stored: paste one to find it, and to watch it being refused."
      />
      <TokenSearch
        {...{ search, pasted }}
        onSearch={setSearch}
        onPaste={paste}
        onRevoke={() =>
          setTarget({ title: 'the pasted token', requests: [{ token: pasted }], token: pasted })
        }
        onInspect={() => onInspect(pasted)}
      />
      {target !== undefined && (
        <RevokeCard
          key={target.title}
          {...{ api, target }}
          onClose={() => setTarget(undefined)}
          onDone={changed}
        />
      )}
      <Fault text={list.fault} />
      <Card
        flush
        title={titleOf(tokens, list.more !== undefined)}
        tail={
          chosen.size > 0 && (
            <button
              type="button"
              class="button danger"
              onClick={() =>
                setTarget({
                  title: counted(chosen.size, 'chosen token'),
                  requests: [...chosen].map((jti) => ({ jti })),
                })
              }
            >
              Revoke {chosen.size} …
            </button>
          )
        }
      >
        <TokenTable
          {...{ tokens, now, chosen }}
          revocations={revocations.data?.items}
          onChoose={setChosen}
          onRevoke={(wanted, token) => setTarget({ ...wanted, ...(isPasted(token) && { token: pasted }) })}
        />
        <More of={list} name="tokens" />
      </Card>
      <IssueCard api={api} onInspect={onInspect} onFind={paste} onIssued={() => void list.reload()} />
      <RevocationList api={api} revocations={revocations} onUndone={changed} now={now} />
    </>
  );
}

function titleOf(tokens: readonly IssuedToken[] | undefined, areMore: boolean): string {
  if (tokens === undefined) return 'Tokens …';
  return areMore ? `${tokens.length} tokens, of more` : counted(tokens.length, 'token');
}
