import { calculateJwkThumbprint, type JWK } from 'jose';
import { sha256 } from '../token/base64url.ts';
import { decodeToken } from '../token/decode.ts';
import { claims, headerParameters } from '../token/registry.ts';
import { useLatest } from '../ui/hooks.ts';
import { Card, Chip } from '../ui/parts.tsx';
import { MembersTable } from './members-table.tsx';
import type { Bench } from './state.ts';

interface Binding {
  readonly what: string;
  readonly got: string;
  readonly wanted: string;
}

/** A DPoP proof taken apart, with what ties it to the access token beside it. */
export function DpopCard({ bench, now }: { readonly bench: Bench; readonly now: number }) {
  const isItself = bench.token.header?.typ === 'dpop+jwt';
  const proof = isItself ? bench.token : decodeToken(bench.policy.proof);
  const bindings = useLatest(() => bindingsOf(bench, proof, isItself), [bench.text, bench.policy.proof]);
  if (proof.header === undefined) return null;
  return (
    <Card flush title="DPoP proof" beside={<Chip>RFC 9449</Chip>}>
      {!isItself && (
        <MembersTable
          label="Header of the proof"
          members={{ ...proof.header }}
          registry={headerParameters}
          now={now}
        />
      )}
      {!isItself && proof.claims !== undefined && (
        <MembersTable label="Claims of the proof" members={proof.claims} registry={claims} now={now} />
      )}
      <div class="card-body rows">
        {bindings?.map(({ what, got, wanted }) => (
          <div class="small">
            <div class="line">
              <strong>{what}</strong>
              {wanted !== '' && (
                <Chip tone={got === wanted ? 'good' : 'bad'}>{got === wanted ? 'matches' : 'differs'}</Chip>
              )}
            </div>
            <code class="break">{got}</code>
            {wanted !== '' && got !== wanted && <code class="break muted">wanted {wanted}</code>}
          </div>
        ))}
        {isItself && (
          <p class="small muted">To check it, paste the access token above and this proof under “Sender”.</p>
        )}
      </div>
    </Card>
  );
}

async function bindingsOf(
  bench: Bench,
  proof: ReturnType<typeof decodeToken>,
  isItself: boolean,
): Promise<readonly Binding[]> {
  const { jwk } = proof.header ?? {};
  const { cnf } = bench.token.claims ?? {};
  const thumbprint = await calculateJwkThumbprint(jwk as JWK, 'sha256').catch(() => 'not a public key');
  const key = { what: 'Thumbprint of its key, for cnf.jkt', got: thumbprint };
  if (isItself) return [{ ...key, wanted: '' }];
  return [
    { ...key, wanted: String((cnf as { jkt?: unknown } | undefined)?.jkt ?? 'a token with cnf.jkt') },
    {
      what: 'ath: hash of the access token',
      got: String(proof.claims?.ath ?? 'none'),
      wanted: await sha256(bench.text.trim()),
    },
    { what: 'htm: method', got: String(proof.claims?.htm ?? 'none'), wanted: bench.policy.method },
    {
      what: 'htu: address',
      got: String(proof.claims?.htu ?? 'none'),
      wanted: bench.policy.url.split(/[?#]/)[0] ?? '',
    },
  ];
}
