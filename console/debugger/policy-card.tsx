import { Area, Card, Field, Segments } from '../ui/parts.tsx';
import type { Bench } from './state.ts';

const profiles = ['any issuer', 'Keyturn’s own (RFC 9068)'] as const;

/** Who checks the token, for which request. */
export function PolicyCard({ bench }: { readonly bench: Bench }) {
  const { policy, setPolicy } = bench;
  const pick = (profile: (typeof profiles)[number]) =>
    setPolicy(profile === 'any issuer' ? { isOwn: false, typ: '' } : { isOwn: true, typ: 'at+jwt' });
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
        <div class="fields">
          <Field
            mono
            label="Issuer"
            value={policy.issuer}
            placeholder="the token’s own"
            onInput={(issuer) => setPolicy({ issuer })}
          />
          <Field
            mono
            label="Audience"
            value={policy.audience}
            placeholder="the token’s own"
            onInput={(audience) => setPolicy({ audience })}
          />
          <Field
            mono
            label="Scopes of the route"
            value={policy.scopes}
            placeholder="none asked for"
            onInput={(scopes) => setPolicy({ scopes })}
          />
          <Field
            mono
            label="Accepted typ"
            value={policy.typ}
            placeholder="any"
            onInput={(typ) => setPolicy({ typ })}
          />
          <Seconds
            label="Longest lifetime, seconds"
            value={policy.maxLifetimeSeconds}
            onPut={(maxLifetimeSeconds) => setPolicy({ maxLifetimeSeconds })}
          />
          <Seconds
            label="Clock tolerance, seconds"
            value={policy.clockToleranceSeconds}
            onPut={(clockToleranceSeconds) => setPolicy({ clockToleranceSeconds })}
          />
        </div>
        <details open={policy.proof !== ''}>
          <summary>Sender: DPoP proof or client certificate</summary>
          <div class="rows" style={{ marginTop: '10px' }}>
            <Area
              label="DPoP header"
              value={policy.proof}
              placeholder="The proof that comes with the token (RFC 9449)"
              onInput={(proof) => setPolicy({ proof })}
            />
            <div class="fields">
              <Field mono label="Method" value={policy.method} onInput={(method) => setPolicy({ method })} />
              <Field mono label="URL" value={policy.url} onInput={(url) => setPolicy({ url })} />
            </div>
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

function Seconds(props: {
  readonly label: string;
  readonly value: number;
  readonly onPut: (value: number) => void;
}) {
  const put = (text: string) => {
    const value = Number(text);
    if (text !== '' && Number.isFinite(value) && value >= 0) props.onPut(value);
  };
  return <Field label={props.label} isNumber value={String(props.value)} onInput={put} />;
}
