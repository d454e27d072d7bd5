/** The shape of a token that people issue. */
export interface Template {
  readonly id: string;
  readonly title: string;
  readonly typ: string;
  claims(now: number, id: string): Readonly<Record<string, unknown>>;
}

const times = (now: number, seconds: number) => ({ iat: now, nbf: now, exp: now + seconds });

/** Shapes of tokens: ours, OpenID Connect's, and those of the large providers. */
export const templates: readonly Template[] = [
  {
    ...{ id: 'access', title: 'Access token (RFC 9068)', typ: 'at+jwt' },
    claims: (now, id) => ({
      ...{ iss: 'https://issuer.example', sub: 'alice', aud: 'https://api.example', client_id: 'web' },
      ...{ scope: 'orders:read orders:write', jti: id, ...times(now, 900) },
    }),
  },
  {
    ...{ id: 'id', title: 'ID token (OpenID Connect)', typ: 'JWT' },
    claims: (now, id) => ({
      ...{
        iss: 'https://issuer.example',
        sub: 'alice',
        aud: 'web',
        nonce: id.slice(0, 8),
        auth_time: now - 30,
      },
      ...{
        iat: now,
        exp: now + 3600,
        name: 'Alice Example',
        email: 'alice@example.com',
        email_verified: true,
      },
    }),
  },
  {
    ...{ id: 'cognito', title: 'Amazon Cognito access token', typ: 'JWT' },
    claims: (now, id) => ({
      ...{ sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', 'cognito:groups': ['staff'] },
      ...{ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example', version: 2 },
      ...{ client_id: '1example23456789', origin_jti: id, token_use: 'access', scope: 'openid profile' },
      ...{ auth_time: now, exp: now + 3600, iat: now, jti: id, username: 'alice' },
    }),
  },
  {
    ...{ id: 'auth0', title: 'Auth0 access token', typ: 'at+jwt' },
    claims: (now, id) => ({
      ...{ iss: 'https://tenant.eu.auth0.com/', sub: 'auth0|507f1f77bcf86cd799439020' },
      ...{
        aud: ['https://api.example', 'https://tenant.eu.auth0.com/userinfo'],
        iat: now,
        exp: now + 86_400,
      },
      ...{
        scope: 'openid profile orders:read',
        jti: id,
        client_id: 'exampleClient',
        permissions: ['orders:read'],
      },
    }),
  },
  {
    ...{ id: 'entra', title: 'Microsoft Entra access token', typ: 'JWT' },
    claims: (now, id) => ({
      ...{
        aud: 'api://orders',
        iss: 'https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0',
      },
      ...{ ...times(now, 4200), azp: '00001111-aaaa-2222-bbbb-3333cccc4444', name: 'Alice Example' },
      ...{ oid: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb', scp: 'Orders.Read', sub: 'exampleSubject' },
      ...{ tid: 'aaaabbbb-0000-cccc-1111-dddd2222eeee', uti: id, ver: '2.0' },
    }),
  },
];
