import * as z from 'zod/mini';
import { ConfigError } from './config-error.ts';
import { keyCustodies, signingAlgorithms, verificationAlgorithms } from './settings.ts';
import { defaults, ranges, rotationPeriodFault } from './times.ts';

/** A whole number within its range; its default where it is left out. */
function number(name: keyof typeof ranges) {
  const { min, max } = ranges[name];
  return z._default(z.int().check(z.gte(min), z.lte(max)), defaults[name]);
}

const tokenService = z.strictObject({
  /** Algorithm of new signing keys. Default RS256: the one every AWS verifier takes. */
  algorithm: z._default(z.enum(signingAlgorithms), 'RS256'),
  /** Where new private keys are. Default sealed: signed with in process; kms: KMS signs, the key never leaves it. */
  custody: z._default(z.enum(keyCustodies), 'sealed'),
  /** `aud` of tokens. Default: the issuer itself. */
  audience: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  /** Longest lifetime of an access token. Default 900 (15 minutes). */
  tokenLifetimeSeconds: number('tokenLifetimeSeconds'),
  /** How long a key signs. Default 30 days. */
  rotationPeriodSeconds: number('rotationPeriodSeconds'),
  /** Longest time any verifier keeps the JWK Set. Default 7,200 (AWS's HTTP API JWT authorizer). */
  jwksCacheSeconds: number('jwksCacheSeconds'),
  /** How far two clocks may differ. Default 60. */
  clockSkewSeconds: number('clockSkewSeconds'),
  /** Time until a written key set is served everywhere. Default 60. */
  propagationSeconds: number('propagationSeconds'),
  /** How long a warm signer keeps a key without asking again. Default 5. */
  signerHoldSeconds: number('signerHoldSeconds'),
  /** Whether what is issued is recorded, without the tokens. Default true: three to four write units a token. */
  recordIssuedTokens: z._default(z.boolean(), true),
  /** How often key-rotation looks at the clock. Default 5 minutes; EventBridge Scheduler counts in minutes. */
  tickMinutes: number('tickMinutes'),
  /** How long a refresh family lives from its first token on. Default 30 days. */
  refreshTokenLifetimeSeconds: number('refreshTokenLifetimeSeconds'),
  /** How long a used refresh token gets the same successor again. Default 30; 0 = a second use revokes the family. */
  refreshGraceSeconds: number('refreshGraceSeconds'),
});

const claimValue = z.union([z.string(), z.number(), z.boolean()]);

const claimRequirement = z.union(
  [
    z.strictObject({ equals: claimValue }),
    z.strictObject({ oneOf: z.array(claimValue).check(z.minLength(1)) }),
    z.strictObject({ contains: z.string() }),
  ],
  'one of {"equals": value}, {"oneOf": [values]} and {"contains": text}',
);

const trustedIssuer = z.strictObject({
  /** Exact `iss` of its tokens. */
  issuer: z.string().check(z.refine(isIssuerUrl, 'an https URL without query or fragment')),
  /** Accepted `aud` values. */
  audience: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  /** Claim that names the audience; Cognito's access tokens name it in `client_id`. Default `aud`. */
  audienceClaim: z.optional(z.enum(['aud', 'client_id'])),
  /** Claims that must be there and be as said. Default none. */
  requiredClaims: z.optional(z.record(z.string(), claimRequirement)),
  /** Claims that grant scopes. Default `scope` and `scp`. */
  scopeClaims: z.optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))),
  /** Where its JWK Set is, or its openid-configuration; plain http only on a loopback address. */
  jwksUri: z.string().check(z.refine(isSafeUrl, 'an https URL, or http on a loopback address')),
  /** Accepted `typ` header values; `null` accepts any. Default `["at+jwt"]` (RFC 9068). */
  typ: z._default(z.nullable(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))), ['at+jwt']),
  /** Accepted algorithms. Default `["RS256"]`. */
  algorithms: z._default(z.array(z.enum(verificationAlgorithms)).check(z.minLength(1)), ['RS256']),
  /** Longest accepted `exp` − `iat`. Default 86,400 (a day). */
  maxLifetimeSeconds: number('maxLifetimeSeconds'),
});

const config = z.strictObject({
  /** Name of the CloudFormation stack. Default `Keyturn`. */
  stackName: z._default(
    z
      .string()
      .check(
        z.regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'a letter, then letters, digits and hyphens, 128 in all'),
      ),
    'Keyturn',
  ),
  tokenService: z.prefault(tokenService, {}),
  /** Issuers of others whose tokens the authorizer believes too. Default none. */
  trustedIssuers: z._default(z.array(trustedIssuer), []),
  /** How far a token's issuer's clock may differ from ours. Default 60. */
  clockToleranceSeconds: number('clockToleranceSeconds'),
  /** How long API Gateway caches an authorizer's answer; delays a revocation by as much. Default 0 = not. */
  resultsCacheSeconds: number('resultsCacheSeconds'),
  /** Whether the stack serves the web console at `GET /console`. Default true. */
  console: z._default(z.boolean(), true),
  /** Whether tables and the sealing key outlive the stack and refuse deletion. Default true. */
  retainData: z._default(z.boolean(), true),
});

/** A parsed keyturn.config.json: every default filled in. */
export type KeyturnConfig = z.infer<typeof config>;

/**
 * Parses the content of a configuration file.
 *
 * @param text JSON text
 * @param source name of the file, for the message
 * @throws {@link ConfigError} what, what was got, what is allowed, for every fault at once
 */
export function parseConfig(text: string, source: string): KeyturnConfig {
  const result = config.safeParse(parseJson(text, source), { reportInput: true });
  if (result.success) return checkWindows(result.data, source);
  const faults = result.error.issues.map((issue) => `  ${describe(issue)}`);
  throw new ConfigError([`${source} cannot be used:`, ...faults].join('\n'));
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${source} is not JSON: ${why}`, { cause });
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? 'the file' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(config, issue.path).join(', ');
    return `${at}: unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.join(', ')}; allowed: ${known}`;
  }
  return `${at}: got ${JSON.stringify(issue.input) ?? 'nothing'}; allowed: ${allowed(issue)}`;
}

/** The keys that an object of the configuration may have; none where it may have any of several shapes. */
function keysAt(schema: z.core.$ZodType, place: readonly PropertyKey[]): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('innerType' in def) return keysAt(def.innerType, place);
  if (def.type === 'array') return keysAt(def.element, place.slice(1));
  if (def.type !== 'object') return [];
  const [key, ...rest] = place;
  const inner = key === undefined ? undefined : def.shape[String(key)];
  return inner === undefined ? Object.keys(def.shape) : keysAt(inner, rest);
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(', ');
  if (issue.code === 'too_small') return atLeast(issue.minimum, issue.origin);
  if (issue.code === 'too_big')
    return `${issue.maximum} or less${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue.code !== 'invalid_type') return issue.message;
  return issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`;
}

function atLeast(minimum: number | bigint, origin: string): string {
  if (origin === 'array') return `at least ${minimum} entry`;
  return origin === 'string' ? `at least ${minimum} character` : `${minimum} or more`;
}

function checkWindows(parsed: KeyturnConfig, source: string): KeyturnConfig {
  const fault = rotationPeriodFault(parsed.tokenService);
  if (fault === undefined) return parsed;
  throw new ConfigError(`${source} cannot be used:\n  tokenService.rotationPeriodSeconds: ${fault}`);
}

/** Whether `value` can be an `iss`: a safe URL ({@link isSafeUrl}) without query or fragment (RFC 8414 §2). */
export function isIssuerUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && isSafeUrl(value) && url.search === '' && url.hash === '';
}

/** Whether `value` is an https URL, or an http URL on a loopback address, without user or password. */
export function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
