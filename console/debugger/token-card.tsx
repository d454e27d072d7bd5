import { maxShown } from '../token/decode.ts';
import type { DecodedToken } from '../token/decode.ts';
import { warningsOf } from '../token/warnings.ts';
import { ColoredToken, Editor } from '../ui/editor.tsx';
import { Card, Chip, CopyButton, Notice } from '../ui/parts.tsx';
import type { Bench } from './state.ts';

const placeholder =
  'Paste a token, or anything that holds one: an Authorization header, a curl command, a JSON answer. It stays on this page.';

/** The token itself: coloured, editable, decoded as far as it goes. */
export function TokenCard({ bench }: { readonly bench: Bench }) {
  const { text, token } = bench;
  const warnings = warningsOf(token, text, bench.key.jwks);
  return (
    <div class="stack">
      <Card
        flush
        title="Token"
        beside={<KindChips token={token} />}
        tail={text !== '' && <TokenActions bench={bench} />}
      >
        <Editor
          id="token"
          label="Token"
          value={text}
          onInput={bench.setText}
          placeholder={placeholder}
          colored={<ColoredToken text={text} />}
        />
      </Card>
      {faultOf(token, text) !== '' && <Notice tone="warn">{faultOf(token, text)}</Notice>}
      {bench.fault !== '' && <Notice tone="bad">{bench.fault}</Notice>}
      {warnings.map((warning) => (
        <Notice tone={warning.level === 'danger' ? 'bad' : 'plain'}>{warning.text}.</Notice>
      ))}
    </div>
  );
}

function TokenActions({ bench }: { readonly bench: Bench }) {
  const link = `${location.href.split('#', 1)[0]}#token=${bench.text}`;
  return (
    <>
      <CopyButton text={bench.text} label="token" />
      <CopyButton
        text={link}
        title="Link"
        label="link to this token (the token is in the fragment, which no server sees)"
      />
      <button type="button" class="button plain" onClick={bench.clear}>
        Clear
      </button>
    </>
  );
}

function KindChips({ token }: { readonly token: DecodedToken }) {
  if (token.kind === 'empty') return null;
  const { alg, typ } = token.header ?? {};
  return (
    <>
      <Chip>
        {{ jws: 'JWS', jwe: 'JWE', partial: 'incomplete', none: 'not a token', empty: '' }[token.kind]}
      </Chip>
      {typeof alg === 'string' && <Chip>{alg}</Chip>}
      {typeof typ === 'string' && <Chip>{typ}</Chip>}
    </>
  );
}

/** What keeps it from being a whole token, in words. */
function faultOf({ kind, segments }: DecodedToken, text: string): string {
  if (kind === 'empty') return '';
  if (text.length > maxShown) {
    return `${text.length.toLocaleString('en-GB')} characters: nothing of that length is a token. Up to ${maxShown.toLocaleString('en-GB')} are decoded; what you pasted is kept as it is.`;
  }
  if (kind === 'none')
    return 'This is no token: a token is base64url segments separated by dots, and the first is a JSON header.';
  const faults = segments
    .slice(0, kind === 'jwe' ? 1 : 2)
    .flatMap(({ faults: found }, index) =>
      found.map((fault) => `${index === 0 ? 'Header' : 'Payload'}: ${fault}.`),
    );
  if (kind === 'partial') faults.unshift(`${segments.length} of 3 segments so far.`);
  return faults.join(' ');
}
