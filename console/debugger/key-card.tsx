import type { JWK } from 'jose';
import { algorithmsOf, kindOf, publicPartOf, thumbprintOf } from '../keys/facts.ts';
import { isPrivate, type SecretEncoding } from '../keys/read-key.ts';
import { toPkcs8Pem, toSpkiPem } from '../keys/to-pem.ts';
import { sha256 } from '../token/base64url.ts';
import { canSign, generateKey } from '../token/sign.ts';
import { useLatest } from '../ui/hooks.ts';
import { Segments } from '../ui/fields.tsx';
import { Card, Chip, CopyButton, Id, Notice } from '../ui/parts.tsx';
import { KeyFetch } from './key-fetch.tsx';
import type { Bench } from './state.ts';

const placeholder =
  'Paste a key: PEM (SPKI, PKCS#1, PKCS#8, SEC 1, X.509), a JWK, a JWK Set, or a shared secret.';

/** The key that the token is checked with, and signed with where it can sign. */
export function KeyCard({ bench }: { readonly bench: Bench }) {
  const { key, keyText } = bench;
  const [jwk] = key.jwks;
  return (
    <Card
      title="Key"
      beside={key.format !== '' && <Chip tone={key.fault === undefined ? 'good' : 'warn'}>{key.format}</Chip>}
      tail={<KeyActions bench={bench} />}
    >
      <div class="rows">
        <textarea
          class="area"
          aria-label="Key"
          rows={5}
          {...{ value: keyText, placeholder, spellcheck: false, autocomplete: 'off', autocapitalize: 'off' }}
          onInput={(event) => bench.setKeyText(event.currentTarget.value)}
        />
        {key.fault !== undefined && <Notice tone="warn">{key.fault}</Notice>}
        {jwk?.kty === 'oct' && !keyText.trim().startsWith('{') && (
          <div class="line">
            <span class="small muted">The secret is</span>
            <Segments<SecretEncoding>
              label="Encoding of the secret"
              options={['utf-8', 'base64url', 'hex']}
              value={bench.encoding}
              onPick={bench.setEncoding}
            />
          </div>
        )}
        {jwk !== undefined &&
          (key.isSet ? (
            <KeySet jwks={key.jwks} kid={bench.token.header?.kid} />
          ) : (
            <KeyFacts bench={bench} jwk={jwk} />
          ))}
        <KeyFetch bench={bench} />
      </div>
    </Card>
  );
}

function KeyActions({ bench }: { readonly bench: Bench }) {
  const { key, token, setKeyText } = bench;
  const [jwk] = key.jwks;
  const isPem = bench.keyText.includes('-----BEGIN');
  const alg = typeof token.header?.alg === 'string' ? token.header.alg : 'RS256';
  const generate = () =>
    generateKey(alg).then(
      (made) => setKeyText(JSON.stringify(made, null, 2)),
      (error: unknown) => bench.setFault((error as Error).message),
    );
  const convert = () =>
    setKeyText(jwk === undefined ? '' : isPem ? JSON.stringify(jwk, null, 2) : pemOf(jwk));
  return (
    <>
      {jwk !== undefined && !key.isSet && jwk.kty !== 'oct' && (
        <button type="button" class="button plain" onClick={convert}>
          {isPem ? 'To JWK' : 'To PEM'}
        </button>
      )}
      {bench.keyText === '' ? (
        <button type="button" class="button plain" onClick={() => void generate()}>
          Generate
        </button>
      ) : (
        <CopyButton text={bench.keyText} label="key" />
      )}
    </>
  );
}

function pemOf(jwk: JWK): string {
  try {
    return toPkcs8Pem(jwk) ?? toSpkiPem(jwk);
  } catch {
    return JSON.stringify(jwk, null, 2);
  }
}

function KeyFacts({ bench, jwk }: { readonly bench: Bench; readonly jwk: JWK }) {
  const thumbprint = useLatest(() => thumbprintOf(jwk), [JSON.stringify(jwk)]);
  const { certificate } = bench.key;
  const certificateHash = useLatest(async () => certificate && sha256(certificate), [certificate]);
  const isSigning = canSign(jwk, bench.token.header?.alg);
  return (
    <>
      <div class="line">
        <Chip>{kindOf(jwk)}</Chip>
        <span class="small muted">{algorithmsOf(jwk).join(', ')}</span>
        {isPrivate(jwk) && (
          <Chip tone={isSigning ? 'good' : 'warn'}>
            {isSigning ? 'signs your edits' : 'private, of another algorithm'}
          </Chip>
        )}
        {jwk.kty !== 'oct' && isPrivate(jwk) && (
          <button
            type="button"
            class="button plain"
            onClick={() => bench.setKeyText(JSON.stringify(publicPartOf(jwk), null, 2))}
          >
            Keep the public part
          </button>
        )}
      </div>
      {jwk.kty !== 'oct' && thumbprint !== undefined && <Print name="Thumbprint" value={thumbprint} />}
      {certificateHash !== undefined && <Print name="x5t#S256" value={certificateHash} />}
    </>
  );
}

function Print({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="line">
      <span class="small muted">{name}</span>
      <Id value={value} label={name} />
    </div>
  );
}

function KeySet({ jwks, kid }: { readonly jwks: readonly JWK[]; readonly kid: unknown }) {
  return (
    <ul class="rows small" aria-label="Keys of the set">
      {jwks.map((jwk) => (
        <li class="line">
          <Chip tone={jwk.kid === kid ? 'good' : 'plain'}>
            {jwk.kid === kid ? 'this token’s' : kindOf(jwk)}
          </Chip>
          <code class="break">{jwk.kid ?? 'no kid'}</code>
          <span class="muted">{jwk.alg ?? ''}</span>
        </li>
      ))}
    </ul>
  );
}
