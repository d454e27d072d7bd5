import { decodeToken } from '../token/decode.ts';
import { ColoredJson } from '../ui/editor.tsx';
import { Card, CopyButton } from '../ui/parts.tsx';
import type { Bench } from './state.ts';

const jweParts = ['Header', 'Encrypted key', 'Initialization vector', 'Ciphertext', 'Authentication tag'];

/** A JWE is shown as what it is: five parts, of which one can be read. */
export function Encrypted({ bench }: { readonly bench: Bench }) {
  return (
    <Card flush title="Encrypted parts">
      <table class="table">
        <tbody>
          {bench.token.segments.slice(1).map(({ bytes }, index) => (
            <tr>
              <td class={`part-${index + 1}`}>{jweParts[index + 1]}</td>
              <td>{bytes.length.toLocaleString('en-GB')} bytes</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** A payload that is no JSON object is shown as text, or as the bytes that it is. */
export function RawPayload({ bench: { token } }: { readonly bench: Bench }) {
  const payload = token.segments[1];
  if (payload === undefined || payload.encoded === '' || token.claims !== undefined || token.kind === 'jwe')
    return null;
  return (
    <Card title="Payload, not JSON">
      <code class="break">{payload.text ?? `${payload.bytes.length} bytes`}</code>
    </Card>
  );
}

/** Tokens inside the token: a payload that is one, or claims that hold one. */
export function Nested({ bench }: { readonly bench: Bench }) {
  const { token } = bench;
  const found = Object.entries({
    ...token.claims,
    ...(token.claims === undefined && { payload: token.segments[1]?.text }),
  }).flatMap(([name, value]) =>
    typeof value === 'string' &&
    /^ey[\w-]+\.[\w-]+\./.test(value) &&
    decodeToken(value).header?.alg !== undefined
      ? [[name, value] as const]
      : [],
  );
  return found.map(([name, value]) => {
    const inner = decodeToken(value);
    return (
      <Card
        title={`Nested token in ${name}`}
        tail={
          <>
            <button type="button" class="button plain" onClick={() => bench.setText(value)}>
              Open it
            </button>
            <CopyButton text={value} label={`token in ${name}`} />
          </>
        }
      >
        <pre class="mono nested">
          <ColoredJson text={JSON.stringify(inner.header, null, 2)} />
          {'\n'}
          <ColoredJson text={JSON.stringify(inner.claims ?? {}, null, 2)} />
        </pre>
      </Card>
    );
  });
}
