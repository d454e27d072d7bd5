/** What a header parameter or a claim is. */
export interface Entry {
  readonly title: string;
  readonly about: string;
  /** Where it is defined. */
  readonly spec: string;
  readonly url: string;
  readonly isTime?: boolean;
}

type Row = readonly [title: string, about: string, spec: string];

/** `RFC 7519 §4.1.1` as the address of that section. */
function urlOf(spec: string): string {
  const [, number, section] = /^RFC (\d+)(?: §(.+))?$/.exec(spec) ?? [];
  if (number !== undefined)
    return `https://www.rfc-editor.org/rfc/rfc${number}${section === undefined ? '' : `#section-${section}`}`;
  if (spec.startsWith('OpenID')) return 'https://openid.net/specs/openid-connect-core-1_0.html';
  if (spec === 'Amazon Cognito')
    return 'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html';
  if (spec === 'Microsoft Entra')
    return 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference';
  return 'https://auth0.com/docs/secure/tokens/json-web-tokens';
}

function entries(rows: Readonly<Record<string, Row>>, times: readonly string[] = []) {
  return new Map<string, Entry>(
    Object.entries(rows).map(([name, [title, about, spec]]) => [
      name,
      { title, about, spec, url: urlOf(spec), ...(times.includes(name) && { isTime: true }) },
    ]),
  );
}

/** Header parameters of JWS, JWE and DPoP proofs. */
export const headerParameters: ReadonlyMap<string, Entry> = entries({
  alg: ['Algorithm', 'How the token is signed, or its key encrypted', 'RFC 7515 §4.1.1'],
  typ: ['Type', 'What kind of token this is; at+jwt for access tokens', 'RFC 7515 §4.1.9'],
  cty: ['Content type', 'JWT where the payload is itself a token', 'RFC 7515 §4.1.10'],
  kid: ['Key ID', 'Which key of the issuer signed it', 'RFC 7515 §4.1.4'],
  jku: ['JWK Set URL', 'Where the token says its keys are; never followed', 'RFC 7515 §4.1.2'],
  jwk: ['JWK', 'A key that the token brings along; right only in a DPoP proof', 'RFC 7515 §4.1.3'],
  x5u: ['X.509 URL', 'Where the token says its certificate is; never followed', 'RFC 7515 §4.1.5'],
  x5c: ['X.509 chain', 'Certificates that the token brings along', 'RFC 7515 §4.1.6'],
  x5t: ['X.509 SHA-1', 'Thumbprint of a certificate', 'RFC 7515 §4.1.7'],
  'x5t#S256': ['X.509 SHA-256', 'Thumbprint of a certificate', 'RFC 7515 §4.1.8'],
  crit: ['Critical', 'Extensions that a verifier must understand', 'RFC 7515 §4.1.11'],
  b64: ['Unencoded', 'Whether the payload is base64url', 'RFC 7797 §3'],
  enc: ['Encryption', 'How the content is encrypted', 'RFC 7516 §4.1.2'],
  zip: ['Compression', 'How the content was compressed before encryption', 'RFC 7516 §4.1.3'],
  epk: ['Ephemeral key', 'The sender’s half of the key agreement', 'RFC 7518 §4.6.1.1'],
  apu: ['Party U', 'Who agreed on the key: the sender', 'RFC 7518 §4.6.1.2'],
  apv: ['Party V', 'Who agreed on the key: the receiver', 'RFC 7518 §4.6.1.3'],
  iv: ['Key wrap IV', 'Initialization vector of the key encryption', 'RFC 7518 §4.7.1.1'],
  tag: ['Key wrap tag', 'Authentication tag of the key encryption', 'RFC 7518 §4.7.1.2'],
  p2s: ['Salt', 'Salt of the password', 'RFC 7518 §4.8.1.1'],
  p2c: ['Iterations', 'Rounds of the password derivation', 'RFC 7518 §4.8.1.2'],
});

/** Claims of RFC 7519 and of the specifications and providers that people meet. */
export const claims: ReadonlyMap<string, Entry> = entries(
  {
    iss: ['Issuer', 'Who made the token', 'RFC 7519 §4.1.1'],
    sub: ['Subject', 'Whom the token is about', 'RFC 7519 §4.1.2'],
    aud: ['Audience', 'Whom the token is meant for', 'RFC 7519 §4.1.3'],
    exp: ['Expires', 'From then on it must be refused', 'RFC 7519 §4.1.4'],
    nbf: ['Not before', 'Until then it must be refused', 'RFC 7519 §4.1.5'],
    iat: ['Issued at', 'When it was made', 'RFC 7519 §4.1.6'],
    jti: ['Token ID', 'One of its kind: what a revocation names', 'RFC 7519 §4.1.7'],
    scope: ['Scope', 'What the client may do', 'RFC 8693 §4.2'],
    client_id: ['Client', 'The OAuth client that asked for it', 'RFC 8693 §4.3'],
    act: ['Actor', 'Who acts for the subject', 'RFC 8693 §4.1'],
    may_act: ['May act', 'Who may act for the subject', 'RFC 8693 §4.4'],
    cnf: ['Confirmation', 'The key that its sender must prove to hold', 'RFC 7800 §3.1'],
    roles: ['Roles', 'Roles of the subject', 'RFC 9068 §2.2.3.1'],
    groups: ['Groups', 'Groups of the subject', 'RFC 9068 §2.2.3.1'],
    entitlements: ['Entitlements', 'What the subject is entitled to', 'RFC 9068 §2.2.3.1'],
    authorization_details: ['Authorization details', 'What was granted, in detail', 'RFC 9396 §9.1'],
    htm: ['HTTP method', 'The method that the proof is for', 'RFC 9449 §4.2'],
    htu: ['HTTP URI', 'The address that the proof is for', 'RFC 9449 §4.2'],
    ath: ['Token hash', 'SHA-256 of the access token that comes with the proof', 'RFC 9449 §4.2'],
    nonce: ['Nonce', 'Ties the token to one request', 'OpenID Connect §2'],
    auth_time: ['Authenticated at', 'When the subject signed in', 'OpenID Connect §2'],
    acr: ['Authentication context', 'How sure the sign-in was', 'OpenID Connect §2'],
    amr: ['Authentication methods', 'How the subject signed in', 'RFC 8176 §1'],
    azp: ['Authorized party', 'The client that the token was made for', 'OpenID Connect §2'],
    at_hash: ['Access token hash', 'Ties the ID token to an access token', 'OpenID Connect §3.1.3.6'],
    c_hash: ['Code hash', 'Ties the ID token to a code', 'OpenID Connect §3.3.2.11'],
    sid: ['Session', 'The session, or the refresh family', 'OpenID Connect Session'],
    events: ['Events', 'Security events', 'RFC 8417 §2.2'],
    name: ['Name', 'Full name', 'OpenID Connect §5.1'],
    given_name: ['Given name', 'First name', 'OpenID Connect §5.1'],
    family_name: ['Family name', 'Last name', 'OpenID Connect §5.1'],
    preferred_username: ['User name', 'Short name at the client', 'OpenID Connect §5.1'],
    email: ['E-mail', 'Address of the subject', 'OpenID Connect §5.1'],
    email_verified: ['E-mail verified', 'Whether the address was proved', 'OpenID Connect §5.1'],
    picture: ['Picture', 'Address of a picture', 'OpenID Connect §5.1'],
    updated_at: ['Updated at', 'When the profile last changed', 'OpenID Connect §5.1'],
    token_use: ['Token use', 'access or id', 'Amazon Cognito'],
    'cognito:username': ['User name', 'In the user pool', 'Amazon Cognito'],
    'cognito:groups': ['Groups', 'Of the user pool', 'Amazon Cognito'],
    origin_jti: ['Origin', 'What a revocation in Cognito names', 'Amazon Cognito'],
    event_id: ['Event', 'The sign-in', 'Amazon Cognito'],
    version: ['Version', 'Of the token', 'Amazon Cognito'],
    permissions: ['Permissions', 'What the client may do', 'Auth0'],
    gty: ['Grant type', 'How the token was had', 'Auth0'],
    scp: ['Scope', 'What the client may do for the user', 'Microsoft Entra'],
    tid: ['Tenant', 'The directory', 'Microsoft Entra'],
    oid: ['Object ID', 'The user or service in the directory', 'Microsoft Entra'],
    appid: ['Application', 'The client (version 1 tokens)', 'Microsoft Entra'],
    ver: ['Version', 'Of the token', 'Microsoft Entra'],
    uti: ['Token ID', 'Entra’s jti', 'Microsoft Entra'],
    idp: ['Identity provider', 'Who authenticated the subject', 'Microsoft Entra'],
    xms_tcdt: ['Tenant since', 'When the tenant was made', 'Microsoft Entra'],
  },
  ['exp', 'nbf', 'iat', 'auth_time', 'updated_at', 'xms_tcdt'],
);
