import { useState } from 'preact/hooks';
import { isSafeUrl } from '../keys/safe-url.ts';
import { fetchJwkSet } from '../keys/fetch.ts';
import { Notice } from '../ui/parts.tsx';
import type { Bench } from './state.ts';

/** Asks for a JWK Set: only when a button is pressed, and the button names the host. `jku` and `x5u` are never asked. */
export function KeyFetch({ bench }: { readonly bench: Bench }) {
  const [url, setUrl] = useState('');
  const [said, setSaid] = useState('');
  const issuer = bench.token.claims?.iss;
  const ask = async (from: string, isIssuer: boolean) => {
    setSaid(`Asking ${new URL(from).host} …`);
    try {
      const jwks = await fetchJwkSet(from, isIssuer);
      bench.setKeyText(JSON.stringify(jwks, null, 2));
      setSaid('');
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <details>
      <summary>Ask the issuer for its keys</summary>
      <div class="rows">
        {typeof issuer === 'string' && isSafeUrl(issuer) && (
          <button type="button" class="button" onClick={() => void ask(issuer, true)}>
            Ask {new URL(issuer).host} (the token’s iss)
          </button>
        )}
        <div class="input-and-button">
          <input
            class="input mono"
            aria-label="Address of a JWK Set"
            placeholder="https://issuer.example/.well-known/jwks.json"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value.trim())}
          />
          <button
            type="button"
            class="button"
            disabled={!isSafeUrl(url)}
            onClick={() => void ask(url, false)}
          >
            {isSafeUrl(url) ? `Ask ${new URL(url).host}` : 'Ask'}
          </button>
        </div>
        {said !== '' && <Notice tone="plain">{said}</Notice>}
        <p class="small muted">
          Only this button asks, only that host, without cookies, and the token is not sent. Addresses inside
          a token’s header (jku, x5u) are never asked.
        </p>
      </div>
    </details>
  );
}
