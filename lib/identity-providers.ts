import { checkText, checkTexts } from './props.ts';
import type { TrustedIssuerOptions, TrustedIssuerProps } from './trusted-issuer-props.ts';

/** Which tokens of a Cognito user pool are believed. */
export interface CognitoProps<Client> extends TrustedIssuerOptions {
  /** App clients whose tokens pass: the constructs, or their ids. */
  readonly clients: readonly (Client | string)[];
}

/** Which tokens of an Auth0 tenant are believed. */
export interface Auth0Props extends TrustedIssuerOptions {
  /** The tenant's domain, or its custom domain: `example.eu.auth0.com`. */
  readonly domain: string;
  /** Identifiers of the APIs. A client id is none: then ID tokens would pass. */
  readonly audience: readonly string[];
}

/** Which tokens of an Okta authorization server are believed. */
export interface OktaProps extends TrustedIssuerOptions {
  /** The org's domain, or its custom domain: `example.okta.com`. */
  readonly domain: string;
  /** Id of the custom authorization server. @default 'default' */
  readonly authorizationServerId?: string;
  /** Its audience, as its settings say. A client id is none: then ID tokens would pass. */
  readonly audience: readonly string[];
}

/** Which tokens of a Microsoft Entra ID tenant are believed. Of a national cloud (US Government, China): `TrustedIssuer.of()`. */
export interface EntraProps extends TrustedIssuerOptions {
  /** The directory (tenant) id, a GUID. */
  readonly tenantId: string;
  /**
   * Application (client) id of the API. Register the API apart from the apps that sign users in: an ID token's audience
   * is the app's own id.
   */
  readonly audience: readonly string[];
  /**
   * Whether app roles (`roles`) count as scopes besides `scp`. Daemons have roles only; a user's roles then count
   * whichever app acts for the user.
   *
   * @default false
   */
  readonly appRoles?: boolean;
}

const domains = {
  holds: (value: string) => /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value),
  allowed: 'a host name alone, such as "example.eu.auth0.com"',
  mend: 'leave scheme, port and path out',
};

const tenantIds = {
  holds: (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  allowed: 'a GUID',
  mend: 'copy the directory (tenant) id; "common" and a domain name are never in an iss',
};

const serverIds = {
  holds: (value: string) => /^[A-Za-z0-9_-]+$/.test(value),
  allowed: 'letters, digits, "_" and "-"',
  mend: 'copy the id of the authorization server, the last part of its issuer',
};

/** Cognito's tokens set no `typ`, live a day at most, and name the app client in place of an audience. */
export function cognitoIssuer(
  providerName: string,
  { clients, ...options }: CognitoProps<{ readonly userPoolClientId: string }>,
): TrustedIssuerProps {
  const audience = clients.map((client) => (typeof client === 'string' ? client : client.userPoolClientId));
  checkTexts(
    { name: 'TrustedIssuer.cognito: clients', value: audience },
    {
      holds: (value) => value !== '',
      allowed: 'an app client or its id',
      mend: 'name the app clients that may call this API',
    },
  );
  const issuer = `https://${providerName}`;
  return {
    ...options,
    issuer,
    audience,
    audienceClaim: 'client_id',
    requiredClaims: { ...options.requiredClaims, token_use: { equals: 'access' } },
    jwksUri: `${issuer}/.well-known/jwks.json`,
    typ: null,
  };
}

/** The `iss` ends in a slash; `typ` is `JWT` or, with the RFC 9068 profile, `at+jwt`. */
export function auth0Issuer({ domain, ...options }: Auth0Props): TrustedIssuerProps {
  checkText({ name: 'TrustedIssuer.auth0: domain', value: domain }, domains);
  return {
    ...options,
    issuer: `https://${domain}/`,
    jwksUri: `https://${domain}/.well-known/jwks.json`,
    typ: ['at+jwt', 'JWT'],
  };
}

/** Custom authorization servers set no `typ`, and name the client in `cid`. */
export function oktaIssuer({
  domain,
  authorizationServerId = 'default',
  ...options
}: OktaProps): TrustedIssuerProps {
  checkText({ name: 'TrustedIssuer.okta: domain', value: domain }, domains);
  checkText({ name: 'TrustedIssuer.okta: authorizationServerId', value: authorizationServerId }, serverIds);
  const issuer = `https://${domain}/oauth2/${authorizationServerId}`;
  return { clientIdClaims: ['cid'], ...options, issuer, jwksUri: `${issuer}/v1/keys`, typ: null };
}

/** `typ` is `JWT`, for ID tokens too. */
export function entraIssuer({ tenantId, appRoles = false, ...options }: EntraProps): TrustedIssuerProps {
  checkText({ name: 'TrustedIssuer.entra: tenantId', value: tenantId }, tenantIds);
  const authority = `https://login.microsoftonline.com/${tenantId}`;
  return {
    scopeClaims: appRoles ? ['scp', 'roles'] : ['scp'],
    ...options,
    issuer: `${authority}/v2.0`,
    jwksUri: `${authority}/discovery/v2.0/keys`,
    typ: ['JWT'],
  };
}
