import {
  ConfigError,
  type SecretAlgorithm,
  secretAlgorithms,
  type TrustedIssuerSettings,
} from '../core/contract/index.ts';
import { checkText, oneOf } from './props.ts';
import type { OwnSecret } from './secret.ts';
import { type IssuerProps, toIssuerSettings } from './trusted-issuer-props.ts';

/** What is believed of an issuer that publishes no JWK Set, and whose public keys stand in the template. */
export interface StaticKeysProps extends IssuerProps {
  /** Its JWK Set (RFC 7517 §5): public keys, each with its `kid`. A new key comes with a deployment. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** What is believed of an issuer that shares a secret with us. Whoever holds the secret can sign what we believe. */
export interface SharedSecretProps extends Omit<IssuerProps, 'algorithms'> {
  /**
   * The secret, as UTF-8 text: at least as many bytes as the hash has (RFC 7518 §3.2). It is read when a container starts
   * and every 5 minutes; it never stands in the template.
   */
  readonly secret: OwnSecret;
  /** The one algorithm that it signs with. @default 'HS256' */
  readonly algorithm?: SecretAlgorithm;
}

/** Members of a JWK that no published key has (RFC 7518 §6). */
const privateMembers = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];

/** @throws {@link ConfigError} when a prop cannot be used, or a key is private or has no `kid` */
export function staticKeysSettings({ jwks, ...props }: StaticKeysProps): TrustedIssuerSettings {
  if (jwks.keys.length === 0)
    throw new ConfigError('TrustedIssuer.jwks: got no key; allowed: one or more, all public');
  jwks.keys.forEach((jwk, index) => checkKey(jwk, index));
  return toIssuerSettings(props, { jwks });
}

function checkKey(jwk: Readonly<Record<string, unknown>>, index: number): void {
  const secret = privateMembers.find((name) => Object.hasOwn(jwk, name));
  const name = `TrustedIssuer.jwks.keys[${index}]`;
  if (secret !== undefined)
    throw new ConfigError(
      `${name}: got the private member ${secret}; allowed: public keys; leave private members out, or name a secret with ` +
        `TrustedIssuer.sharedSecret()`,
    );
  if (typeof jwk['kid'] !== 'string' || jwk['kid'] === '')
    throw new ConfigError(`${name}: got no kid; allowed: the kid that the issuer's tokens name`);
}

/** @throws {@link ConfigError} when a prop cannot be used */
export function sharedSecretSettings({
  secret,
  algorithm = 'HS256',
  ...props
}: SharedSecretProps): TrustedIssuerSettings {
  checkText({ name: 'TrustedIssuer.algorithm', value: algorithm }, oneOf(secretAlgorithms));
  return { ...toIssuerSettings(props, { secretArn: secret.secretArn }), algorithms: [algorithm] };
}
