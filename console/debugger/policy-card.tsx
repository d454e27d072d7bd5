import { Area, Fields, type FieldSpec, Segments } from '../ui/fields.tsx';
import { Card, Notice } from '../ui/parts.tsx';
import { defaultSeconds, type Policy } from '../verdict/policy.ts';
import type { Bench } from './state.ts';

const profiles = ['any issuer', 'Keyturn’s own (RFC 9068)'] as const;

type Text = Exclude<keyof Policy, 'isOwn'>;

const verifierSpecs: readonly FieldSpec<Text>[] = [
  ['issuer', 'Issuer', 'the token’s own'],
  ['audience', 'Audience', 'the token’s own'],
  ['scopes', 'Scopes of the route', 'none asked for'],
  ['typ', 'Accepted typ', 'any'],
  ['maxLifetime', 'Longest lifetime, seconds', String(defaultSeconds.maxLifetime)],
  ['clockTolerance', 'Clock tolerance, seconds', String(defaultSeconds.clockTolerance)],
];
const requestSpecs: readonly FieldSpec<Text>[] = [
  ['method', 'Method'],
  ['url', 'URL'],
];

/** Who checks the token, for which request. */
export function PolicyCard({ bench }: { readonly bench: Bench }) {
  const { policy, setPolicy } = bench;
  const pick = (profile: (typeof profiles)[number]) =>
    setPolicy(profile === 'any issuer' ? { isOwn: false, typ: '' } : { isOwn: true, typ: 'at+jwt' });
  const areSeconds = [policy.maxLifetime, policy.clockTolerance].every((text) => /^\d*$/.test(text.trim()));
  return (
    <Card
      title="Who checks it, for what"
      tail={
        <Segments
          label="Kind of issuer"
          options={profiles}
          value={policy.isOwn ? profiles[1] : profiles[0]}
          onPick={pick}
        />
      }
    >
      <div class="rows">
        <Fields specs={verifierSpecs} values={policy} onInput={setPolicy} />
        {!areSeconds && (
          <Notice tone="warn">Seconds are a whole number, 0 or more; the default is taken meanwhile.</Notice>
        )}
        <details open={policy.proof !== ''}>
          <summary>Sender: DPoP proof or client certificate</summary>
          <div class="rows">
            <Area
              label="DPoP header"
              value={policy.proof}
              placeholder="The proof that comes with the token (RFC 9449)"
              onInput={(proof) => setPolicy({ proof })}
            />
            <Fields specs={requestSpecs} values={policy} onInput={setPolicy} />
            <Area
              label="TLS client certificate (PEM)"
              value={policy.certificate}
              placeholder="-----BEGIN CERTIFICATE-----"
              onInput={(certificate) => setPolicy({ certificate })}
            />
          </div>
        </details>
      </div>
    </Card>
  );
}
