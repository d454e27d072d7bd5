import type { Duration } from 'aws-cdk-lib/core';
import {
  clientFault,
  clientIdPattern,
  type ClientRegistration,
  ConfigError,
  type GrantType,
  grantTypes,
  isSafeUrl,
  ranges,
  scopePattern,
} from '../core/contract/index.ts';
import { checkText, checkTexts, oneOf, wholeSeconds } from './props.ts';

/** What a client may do, and how it proves who it is. */
export interface ClientProps {
  /** @default - a name that CDK makes of the construct's path */
  readonly clientId?: string;
  /** What it may ask the token endpoint for. @default ['client_credentials'], or ['refresh_token'] for a public client */
  readonly grants?: readonly GrantType[];
  /** Scopes that it may have; `offline_access` among them lets it have refresh tokens. */
  readonly scopes: readonly string[];
  /** Audiences that its tokens may have. @default - the token service's one */
  readonly audience?: readonly string[];
  /** Lifetime of its access tokens; the token service's is the upper bound. @default - the token service's */
  readonly tokenLifetime?: Duration;
  /** Lifetime of its refresh families; the token service's is the upper bound. @default - the token service's */
  readonly refreshTokenLifetime?: Duration;
  /**
   * Whether it cannot keep a secret: an app in a browser or on a phone. It may only use refresh tokens, which a login
   * backend gets for it ({@link TokenService.grantIssueFor}).
   *
   * @default false
   */
  readonly isPublic?: boolean;
  /** Its public keys for private_key_jwt (RFC 7523), each with a `kid`. @default - it gets a client secret */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** Where its public keys are fetched, in place of `jwks`: an https URL. @default - it gets a client secret */
  readonly jwksUri?: string;
}

/** A scope. */
export const scopeTokens = {
  holds: (value: string) => scopePattern.test(value),
  allowed: 'printable ASCII without space, double quote and backslash (RFC 6749 §3.3)',
};
/** A client id. */
export const clientIds = {
  holds: (value: string) => clientIdPattern.test(value),
  allowed: '1 to 255 printable ASCII characters without spaces',
};
/** Any text. */
export const filled = { holds: (value: string) => value !== '', allowed: 'a text that is not empty' };
const jwksUris = { holds: isSafeUrl, allowed: 'an https URL' };

/**
 * What is registered of a client.
 *
 * @throws {@link ConfigError} when a prop cannot be used, or two do not go together
 */
export function toRegistration(clientId: string, props: ClientProps): ClientRegistration {
  const { scopes, audience, isPublic = false, jwks, jwksUri, tokenLifetime, refreshTokenLifetime } = props;
  const grants = props.grants ?? (isPublic ? ['refresh_token'] : ['client_credentials']);
  checkText({ name: 'Client.clientId', value: clientId }, clientIds);
  if (grants.length > 0) checkTexts({ name: 'Client.grants', value: grants }, oneOf(grantTypes));
  if (scopes.length > 0) checkTexts({ name: 'Client.scopes', value: scopes }, scopeTokens);
  if (audience !== undefined) checkTexts({ name: 'Client.audience', value: audience }, filled);
  if (jwksUri !== undefined) checkText({ name: 'Client.jwksUri', value: jwksUri }, jwksUris);
  checkFit({ ...props, grants });
  return {
    ...{ clientId, grants, scopes },
    ...(audience !== undefined && { audience }),
    ...(tokenLifetime !== undefined && { tokenLifetimeSeconds: seconds('tokenLifetime', tokenLifetime) }),
    ...(refreshTokenLifetime !== undefined && {
      refreshTokenLifetimeSeconds: seconds('refreshTokenLifetime', refreshTokenLifetime),
    }),
    ...(isPublic && { isPublic }),
    ...(jwks !== undefined && { jwks }),
    ...(jwksUri !== undefined && { jwksUri }),
  };
}

function seconds(name: 'tokenLifetime' | 'refreshTokenLifetime', value: Duration): number {
  return wholeSeconds({ name: `Client.${name}`, value, ...ranges[`${name}Seconds`] });
}

function checkFit(client: Parameters<typeof clientFault>[0]): void {
  const fault = clientFault(client);
  if (fault !== undefined) throw new ConfigError(`Client: ${fault}`);
}
