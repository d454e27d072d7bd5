import { Select } from '../ui/fields.tsx';

const members = [
  ['', 'all live tokens'],
  ['subject', 'subject'],
  ['clientId', 'client'],
  ['jti', 'jti'],
  ['sid', 'session'],
  ['kid', 'key'],
] as const;

/** What is looked for. */
export interface Search {
  /** A query parameter of `GET /admin/tokens`; empty for all. */
  readonly member: string;
  readonly value: string;
  readonly scope: string;
}

export const everything: Search = { member: '', value: '', scope: '' };

/** A jti names one token, so that nothing else may stand beside it. An unfinished search asks for all. */
export function queryOf({ member, value, scope }: Search): Readonly<Record<string, string>> {
  const wanted = value.trim();
  if (member === 'jti' && wanted !== '') return { jti: wanted };
  return {
    ...(member !== '' && member !== 'jti' && wanted !== '' && { [member]: wanted }),
    ...(scope.trim() !== '' && { scope: scope.trim() }),
  };
}

/** Finds tokens by what they say, or by the token itself. */
export function TokenSearch(props: {
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  readonly pasted: string;
  readonly onPaste: (text: string) => void;
  readonly onRevoke: () => void;
  readonly onInspect: () => void;
}) {
  const { search, onSearch, pasted, onPaste, onRevoke, onInspect } = props;
  return (
    <div class="toolbar" role="search">
      <Select
        label="Search by"
        value={search.member}
        options={members}
        onPick={(member) => onSearch({ ...search, member })}
      />
      {search.member !== '' && (
        <input
          class="input mono searched"
          aria-label="Searched value"
          value={search.value}
          placeholder="exactly"
          onInput={(event) => onSearch({ ...search, value: event.currentTarget.value })}
        />
      )}
      {search.member !== 'jti' && (
        <input
          class="input mono searched"
          aria-label="Scope"
          value={search.scope}
          placeholder="with this scope"
          onInput={(event) => onSearch({ ...search, scope: event.currentTarget.value })}
        />
      )}
      <input
        class="input mono pasted"
        aria-label="Paste a token"
        value={pasted}
        placeholder="or paste a token"
        onInput={(event) => onPaste(event.currentTarget.value)}
      />
      {pasted !== '' && (
        <>
          <button type="button" class="button danger" onClick={onRevoke}>
            Revoke it …
          </button>
          <button type="button" class="button" onClick={onInspect}>
            Explain it
          </button>
        </>
      )}
    </div>
  );
}
