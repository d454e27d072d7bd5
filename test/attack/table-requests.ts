/** What comes around the token: the Authorization header, other places for a token, routes and their scopes. */
import { type AttackCase, claim, type Expected, type Forge, sent } from './case.ts';
import type { Presented, Route, Shape } from './events.ts';
import { ticketId, unreachable } from './world.ts';

const authorization = (
  title: string,
  expected: Expected,
  ...make: ((token: string) => string)[]
): AttackCase =>
  sent(`Authorization: ${title}`, expected, (forge) => {
    const token = forge.token();
    return { authorization: make.map((value) => value(token)) };
  });

const spellings: Readonly<Record<string, (token: string) => string>> = {
  nothing: () => '',
  'a space': () => ' ',
  'Bearer alone': () => 'Bearer',
  'Bearer and a space': () => 'Bearer ',
  'the token alone': (token) => token,
  'two spaces': (token) => `Bearer  ${token}`,
  'a tab': (token) => `Bearer\t${token}`,
  'a line feed': (token) => `Bearer\n${token}`,
  'a no-break space': (token) => `Bearer\u00a0${token}`,
  'an escaped space': (token) => `Bearer%20${token}`,
  'a space before': (token) => ` Bearer ${token}`,
  'a space after': (token) => `Bearer ${token} `,
  'a line feed after': (token) => `Bearer ${token}\n`,
  'CRLF and another header after': (token) => `Bearer ${token}\r\nX-Admin: true`,
  'a null byte after': (token) => `Bearer ${token}\u0000`,
  'a zero-width space after': (token) => `Bearer ${token}\u200b`,
  'a comma after': (token) => `Bearer ${token},`,
  'a semicolon after': (token) => `Bearer ${token};q=1`,
  'the token twice': (token) => `Bearer ${token} ${token}`,
  'Bearer twice': (token) => `Bearer Bearer ${token}`,
  'two joined with a comma': (token) => `Bearer ${token},Bearer ${token}`,
  'two joined with a comma and a space': (token) => `Bearer ${token}, Bearer ${token}`,
  'Basic joined before': (token) => `Basic YTpi, Bearer ${token}`,
  'a quoted token': (token) => `Bearer "${token}"`,
  'a parameter': (token) => `Bearer token=${token}`,
  'a colon': (token) => `Bearer: ${token}`,
  Basic: (token) => `Basic ${token}`,
  'Basic credentials': () => 'Basic YWRhOmxvdmVsYWNl',
  Token: (token) => `Token ${token}`,
  JWT: (token) => `JWT ${token}`,
  Bearerx: (token) => `Bearerx ${token}`,
  'Bearer in full-width letters': (token) => `Ｂearer ${token}`,
  'a long s in place of none': (token) => `Bea\u017fer ${token}`,
  'padding within': (token) => `Bearer ${token.slice(0, 9)}=${token.slice(9)}`,
  'a space within': (token) => `Bearer ${token.slice(0, 9)} ${token.slice(9)}`,
  'a letter beyond ASCII within': (token) => `Bearer ${token.slice(0, 9)}é${token.slice(10)}`,
  'a JSON serialization': (token) => `Bearer {"payload":"${token.split('.')[1]}"}`,
  '6 MB of scheme': () => 'Bearer'.repeat(1_000_000),
  '6 MB of spaces': (token) => `Bearer${' '.repeat(6_000_000)}${token}`,
};

const headers: readonly AttackCase[] = [
  ...Object.entries(spellings).map(([title, make]) => authorization(title, 'credentials_malformed', make)),
  ...['bearer', 'BEARER', 'bEaReR'].map((scheme) =>
    authorization(scheme, 'allow', (token) => `${scheme} ${token}`),
  ),
  authorization(
    'DPoP for a token that is bound to nothing',
    'sender_constraint_unmet',
    (token) => `DPoP ${token}`,
  ),
  authorization(
    'one good, twice',
    'credentials_malformed',
    (token) => `Bearer ${token}`,
    (token) => `Bearer ${token}`,
  ),
  authorization(
    'good and bad',
    'credentials_malformed',
    (token) => `Bearer ${token}`,
    () => 'Bearer a.b.c',
  ),
  authorization(
    'bad and good',
    'credentials_malformed',
    () => 'Bearer a.b.c',
    (token) => `Bearer ${token}`,
  ),
  authorization(
    'good and Basic',
    'credentials_malformed',
    (token) => `Bearer ${token}`,
    () => 'Basic YTpi',
  ),
  authorization(
    'good and empty',
    'credentials_malformed',
    (token) => `Bearer ${token}`,
    () => '',
  ),
  authorization('70,000 characters', 'credentials_malformed', () => `Bearer ${'A'.repeat(70_000)}`),
  sent('no Authorization header', 'token_missing', () => ({ authorization: [] })),
];

const withHeaders: readonly Shape[] = ['REST REQUEST', 'HTTP 1.0', 'WebSocket'];

type Event = Record<string, unknown>;
const edited = (
  title: string,
  expected: Expected,
  shapes: readonly Shape[],
  change: (event: Event) => Event,
  authorizations = (forge: Forge) => [`Bearer ${forge.token()}`],
): AttackCase => ({
  ...{ title, expected, shapes },
  present: (forge) => ({ authorization: authorizations(forge) }),
  event: (event) => ({ ...event, ...change(event) }),
});
const none = () => [];
const requestShapes: readonly Shape[] = [...withHeaders, 'HTTP 2.0'];
const multi = (event: Event) => event.multiValueHeaders as Record<string, string[]>;
const single = (event: Event) => event.headers as Record<string, string>;

const places: readonly AttackCase[] = [
  edited('two spellings of one header name', 'credentials_malformed', withHeaders, (event) => ({
    multiValueHeaders: { ...multi(event), AUTHORIZATION: multi(event).Authorization },
  })),
  edited('two spellings of one header name, one without a value', 'allow', withHeaders, (event) => ({
    multiValueHeaders: { ...multi(event), AUTHORIZATION: [] },
  })),
  edited(
    'two spellings where only single values are sent',
    'credentials_malformed',
    requestShapes,
    (event) => ({
      ...{
        multiValueHeaders: null,
        headers: { ...single(event), authorization: 'Bearer x', aUTHORIZATION: 'Bearer y' },
      },
    }),
  ),
  edited(
    'the last of two headers in `headers`, both in `multiValueHeaders`',
    'credentials_malformed',
    withHeaders,
    (event) => ({
      multiValueHeaders: {
        ...multi(event),
        Authorization: ['Bearer a.b.c', ...(multi(event).Authorization ?? [])],
      },
    }),
  ),
  edited(
    '`headers` has it, `multiValueHeaders` says there is none',
    'token_missing',
    withHeaders,
    (event) => ({
      multiValueHeaders: { ...multi(event), Authorization: [] },
    }),
  ),
  edited('`headers` alone', 'allow', withHeaders, () => ({ multiValueHeaders: null })),
  edited('`multiValueHeaders` alone', 'allow', withHeaders, () => ({ headers: null })),
  edited('no headers at all', 'token_missing', requestShapes, () => ({
    headers: null,
    multiValueHeaders: null,
  })),
  edited('headers undefined', 'token_missing', requestShapes, () => ({
    headers: undefined,
    multiValueHeaders: undefined,
  })),
  edited('a header without a value', 'token_missing', requestShapes, () => ({
    ...{ headers: { authorization: undefined }, multiValueHeaders: { authorization: undefined } },
  })),
  edited('a header name that only ends so', 'token_missing', requestShapes, (event) => {
    const value = (multi(event)?.Authorization ?? [single(event).authorization])[0];
    return {
      headers: { 'proxy-authorization': value, 'x-authorization': value, ' authorization': value },
      multiValueHeaders: null,
    };
  }),
  edited('a header name with a Turkish i', 'token_missing', requestShapes, (event) => {
    const value = (multi(event)?.Authorization ?? [single(event).authorization])[0];
    return { headers: { 'AUTHOR\u0130ZATION': value }, multiValueHeaders: null };
  }),
  ...elsewhere(),
];

/** RFC 9700 §4.3: a token in a query string, a body or a cookie is no credential here. */
function elsewhere(): readonly AttackCase[] {
  const makers: Readonly<Record<string, (token: string) => Event>> = {
    'the query string': (token) => ({
      queryStringParameters: { access_token: token },
      rawQueryString: `access_token=${token}`,
    }),
    'a cookie': (token) => ({
      cookies: [`access_token=${token}`],
      headers: { cookie: `authorization=Bearer ${token}` },
    }),
    'the body': (token) => ({ body: `access_token=${token}` }),
    '`authorizationToken` of a REQUEST event': (token) => ({ authorizationToken: `Bearer ${token}` }),
    '`identitySource`': (token) => ({ identitySource: [`Bearer ${token}`] }),
    'the path': (token) => ({
      path: `/${token}`,
      rawPath: `/${token}`,
      pathParameters: { proxy: `Bearer ${token}` },
    }),
    'stage variables': (token) => ({ stageVariables: { Authorization: `Bearer ${token}` } }),
  };
  return Object.entries(makers).map(([place, make]) => {
    let token = '';
    return {
      ...edited(`a token in ${place} alone`, 'token_missing', requestShapes, () => make(token), none),
      present: (forge: Forge): Presented => {
        token = forge.token();
        return { authorization: [] };
      },
    };
  });
}

const route = (method: string, resource: string, path = resource): Route => ({ method, resource, path });
const scoped = (
  title: string,
  expected: Expected,
  asked: Route,
  scopes: unknown,
  shapes?: readonly Shape[],
): AttackCase => ({
  ...{ title: `${asked.method} ${title}`, expected, ...(shapes !== undefined && { shapes }) },
  present: (forge) => ({
    authorization: [`Bearer ${forge.token({ claims: { scope: scopes } })}`],
    route: asked,
  }),
});

const admin = route('GET', '/admin');
const files = route('GET', '/files/{proxy+}', '/files/a/b');

const scopes: readonly AttackCase[] = [
  scoped('/admin with its scope', 'allow', admin, 'admin'),
  scoped('/admin with its scope in an array', 'allow', admin, ['read', 'admin']),
  scoped('/admin with its scope among doubled spaces', 'allow', admin, ' read  admin '),
  ...['', 'read', 'Admin', 'admin:read', 'administrator', 'read,admin', 'adm\tin', 'admin\u0000'].map(
    (granted) => scoped(`/admin with scope ${JSON.stringify(granted)}`, 'scope_insufficient', admin, granted),
  ),
  scoped('/admin without a scope', 'scope_insufficient', admin, undefined),
  scoped('/admin with one array entry that only holds it', 'scope_insufficient', admin, ['read admin']),
  scoped('/any, any of two', 'allow', route('PUT', '/any'), 'write'),
  scoped('/any, none of two', 'scope_insufficient', route('PUT', '/any'), 'a'),
  scoped('/both, all and one of', 'allow', route('POST', '/both'), 'a b d'),
  scoped('/both, all and none of', 'scope_insufficient', route('POST', '/both'), 'a b'),
  scoped('/both, not all but one of', 'scope_insufficient', route('POST', '/both'), 'a c d'),
  scoped('/none, where any of nothing is asked for', 'scope_insufficient', route('GET', '/none'), 'a'),
  scoped('/files/{proxy+} with its scope', 'allow', files, 'files'),
  scoped('/files/{proxy+} without', 'scope_insufficient', files, 'read'),
  ...(['allow', 'scope_insufficient'] as const).map((expected) =>
    scoped(
      '$default, which payload 1.0 names without its method',
      expected,
      route('GET', '$default', '/anything'),
      expected === 'allow' ? 'rest' : 'read',
      ['HTTP 1.0'],
    ),
  ),
  scoped('a route that asks for nothing', 'allow', route('GET', '/open'), undefined),
  scoped(
    'a route named like a method of Object',
    'allow',
    route('GET', 'constructor', '/constructor'),
    undefined,
  ),
  claim(
    'a foreign scp counts as scope',
    'allow',
    { iss: 'https://foreign.example/', scope: undefined, scp: ['connect'] },
    'foreignRs',
  ),
  {
    ...claim('$connect without its scope', 'scope_insufficient', { scope: 'read' }),
    shapes: ['WebSocket'],
  },
];

/** Of the route keys that match a path, the most specific one counts. */
const specific: readonly AttackCase[] = [
  scoped(
    '/files/public, by the scope of the greedy route',
    'scope_insufficient',
    route('GET', '/files/public'),
    'files',
  ),
  scoped('/files/public, by its own scope', 'allow', route('GET', '/files/public'), 'public'),
  scoped(
    '/items/{id}, by the scope of its ANY',
    'scope_insufficient',
    route('GET', '/items/{id}', '/items/7'),
    'any-items',
  ),
  scoped('/items/{id}, by its own scope', 'allow', route('GET', '/items/{id}', '/items/7'), 'get-items'),
];

/** A TOKEN event knows the path alone: however it is written, the scope is asked for. */
const paths: readonly AttackCase[] = [
  ...['/admin/', '//admin', '/admin//', '/%61dmin', '/%61%64%6D%69%6e/'].map((path) =>
    scoped(`/admin asked for as ${path}`, 'scope_insufficient', route('GET', '/admin', path), 'read', [
      'REST TOKEN',
    ]),
  ),
  scoped(
    'an item whose name cannot be decoded',
    'allow',
    route('GET', '/items/{id}', '/items/%zz'),
    'get-items',
    ['REST TOKEN'],
  ),
];

/** A ticket opens a WebSocket, once, and nothing else. */
const socket: readonly Shape[] = ['WebSocket'];
const ticket = (title: string, expected: Expected, ...tickets: readonly string[]): AttackCase =>
  sent(`ticket: ${title}`, expected, () => ({ authorization: [], tickets }), { shapes: socket });

const tickets: readonly AttackCase[] = [
  ticket('a good one', 'allow', 'good'),
  ticket('the same again', 'ticket_invalid', 'good'),
  ticket('one that nobody was given', 'ticket_invalid', 'unknown'),
  ticket('an empty one', 'ticket_invalid', ''),
  ticket('its hash in its place', 'ticket_invalid', ticketId('of-unscoped-token')),
  ticket('one that waited too long', 'ticket_invalid', 'good-but-late'),
  ticket('a name of Object', 'ticket_invalid', '__proto__'),
  ticket('of a token without the scope', 'scope_insufficient', 'of-unscoped-token'),
  ticket('of a token that has expired since', 'expired', 'of-expired-token'),
  ticket('of a token that was revoked since', 'token_revoked', 'of-revoked-token'),
  ticket('of a subject that was revoked since', 'subject_revoked', 'of-revoked-subject'),
  ticket('of a key that was revoked since', 'key_revoked', 'of-revoked-key'),
  ticket('of an issuer that is not believed any more', 'issuer_unknown', 'of-issuer-gone'),
  ticket('of an iss that is no string', 'issuer_unknown', 'of-issuer-no-string'),
  ticket('of an audience that is not ours any more', 'audience_mismatch', 'of-other-audience'),
  ticket('records that cannot be read', 'unavailable', 'of-unreadable-token'),
  ticket('tickets that cannot be read', 'unavailable', unreachable),
  ticket('two', 'credentials_malformed', 'one', 'two'),
  sent(
    'ticket: beside a good token',
    'credentials_malformed',
    (forge) => ({
      ...{ authorization: [`Bearer ${forge.token()}`], tickets: ['of-nobody'] },
    }),
    { shapes: socket },
  ),
  sent(
    'ticket: a token in its place',
    'ticket_invalid',
    (forge) => ({ authorization: [], tickets: [forge.token()] }),
    { shapes: socket },
  ),
  sent(
    'ticket: none, though the query string has the word',
    'token_missing',
    () => ({ authorization: [], tickets: [] }),
    { shapes: socket },
  ),
  sent(
    'ticket: for a request that opens no WebSocket',
    'token_missing',
    () => ({ authorization: [], tickets: ['of-no-socket'] }),
    {
      shapes: ['REST REQUEST', 'HTTP 1.0', 'HTTP 2.0'],
    },
  ),
  sent(
    'ticket: beside a good token, for a request that opens no WebSocket',
    'allow',
    (forge) => ({
      ...{ authorization: [`Bearer ${forge.token()}`], tickets: ['of-no-socket'] },
    }),
    { shapes: ['REST REQUEST', 'HTTP 1.0', 'HTTP 2.0'] },
  ),
];

export const requests = [...headers, ...places, ...scopes, ...specific, ...paths, ...tickets] as const;
