import * as z from 'zod/mini';
import { signingAlgorithms, type TokenServiceSettings } from './settings.ts';

/** Longest time that one of AWS's own verifiers keeps a JWK Set: the HTTP API JWT authorizer's 2 hours. */
const longestAwsJwksCacheSeconds = 7200;

const day = 86_400;

/** Least and most of every number of the configuration: seconds, except `tickMinutes`. */
export const ranges = {
  tokenLifetimeSeconds: { min: 1, max: day },
  rotationPeriodSeconds: { min: 1, max: 400 * day },
  jwksCacheSeconds: { min: 1, max: 7 * day },
  clockSkewSeconds: { min: 0, max: 600 },
  propagationSeconds: { min: 0, max: 3600 },
  signerHoldSeconds: { min: 0, max: 3600 },
  tickMinutes: { min: 1, max: 1440 },
  maxLifetimeSeconds: { min: 1, max: 400 * day },
  clockToleranceSeconds: { min: 0, max: 600 },
  resultsCacheSeconds: { min: 0, max: 3600 },
} as const;

const whole = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.int().check(z.gte(min), z.lte(max));

const tokenService = z.strictObject({
  /** Algorithm of new signing keys. Default RS256: the one every AWS verifier takes. */
  algorithm: z._default(z.enum(signingAlgorithms), 'RS256'),
  /** `aud` of tokens. Default: the issuer itself. */
  audience: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  /** Longest lifetime of an access token. Default 900 (15 minutes). */
  tokenLifetimeSeconds: z._default(whole(ranges.tokenLifetimeSeconds), 900),
  /** How long a key signs. Default 30 days. */
  rotationPeriodSeconds: z._default(whole(ranges.rotationPeriodSeconds), 30 * day),
  /** Longest time any verifier keeps the JWK Set. Default 7,200 (AWS's HTTP API JWT authorizer). */
  jwksCacheSeconds: z._default(whole(ranges.jwksCacheSeconds), longestAwsJwksCacheSeconds),
  /** How far two clocks may differ. Default 60. */
  clockSkewSeconds: z._default(whole(ranges.clockSkewSeconds), 60),
  /** Time until a written key set is served everywhere. Default 60. */
  propagationSeconds: z._default(whole(ranges.propagationSeconds), 60),
  /** How long a warm signer keeps a key without asking again. Default 30. */
  signerHoldSeconds: z._default(whole(ranges.signerHoldSeconds), 30),
  /** How often key-rotation looks at the clock. Default 5 minutes; EventBridge Scheduler counts in minutes. */
  tickMinutes: z._default(whole(ranges.tickMinutes), 5),
});

const trustedIssuer = z.strictObject({
  /** Exact `iss` of its tokens. */
  issuer: z.string().check(z.refine(isIssuerUrl, 'an https URL without query or fragment')),
  /** Accepted `aud` values. */
  audience: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  /** Where its JWK Set is; plain http only on a loopback address. */
  jwksUri: z.string().check(z.refine(isSafeUrl, 'an https URL, or http on a loopback address')),
  /** Accepted `typ` header values; `null` accepts any. Default `["at+jwt"]` (RFC 9068). */
  typ: z._default(z.nullable(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))), ['at+jwt']),
  /** Accepted algorithms. Default `["RS256"]`. */
  algorithms: z._default(z.array(z.enum(signingAlgorithms)).check(z.minLength(1)), ['RS256']),
  /** Longest accepted `exp` − `iat`. Default 86,400 (a day). */
  maxLifetimeSeconds: z._default(whole(ranges.maxLifetimeSeconds), day),
});

const config = z.strictObject({
  /** Name of the CloudFormation stack. Default `Keyturn`. */
  stackName: z._default(z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/)), 'Keyturn'),
  tokenService: z.prefault(tokenService, {}),
  /** Issuers of others whose tokens the authorizer believes too. Default none. */
  trustedIssuers: z._default(z.array(trustedIssuer), []),
  /** How far a token's issuer's clock may differ from ours. Default 60. */
  clockToleranceSeconds: z._default(whole(ranges.clockToleranceSeconds), 60),
  /** How long API Gateway caches an authorizer's answer; delays a revocation by as much. Default 0 = not. */
  resultsCacheSeconds: z._default(whole(ranges.resultsCacheSeconds), 0),
  /** Whether tables and the sealing key outlive the stack and refuse deletion. Default true. */
  retainData: z._default(z.boolean(), true),
});

/** A parsed keyturn.config.json: every default filled in. */
export type KeyturnConfig = z.infer<typeof config>;

/** A configuration that cannot be used. The message has one line for each fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

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
    throw new ConfigError(`${source} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? 'the file' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${at}: unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.join(', ')}; remove or correct ${issue.keys.length === 1 ? 'it' : 'them'}`;
  }
  return `${at}: got ${JSON.stringify(issue.input) ?? 'nothing'}; allowed: ${allowed(issue)}`;
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ');
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `at least ${issue.minimum} ${issue.origin === 'array' ? 'entry' : 'character'}`
        : `${issue.minimum} or more`;
    case 'too_big':
      return `${issue.maximum} or less`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`;
    default:
      return issue.message;
  }
}

function checkWindows(parsed: KeyturnConfig, source: string): KeyturnConfig {
  const fault = rotationPeriodFault(parsed.tokenService);
  if (fault === undefined) return parsed;
  throw new ConfigError(`${source} cannot be used:\n  tokenService.rotationPeriodSeconds: ${fault}`);
}

/** The times that decide how short a rotation period may be; all in seconds. */
export type RotationWindows = Pick<
  TokenServiceSettings,
  | 'tokenLifetimeSeconds'
  | 'rotationPeriodSeconds'
  | 'jwksCacheSeconds'
  | 'clockSkewSeconds'
  | 'propagationSeconds'
  | 'signerHoldSeconds'
>;

/**
 * What is wrong with a rotation period, or `undefined`. The JWK Set holds ten keys at most (what an ALB takes),
 * and a key must have its lead before it signs.
 */
export function rotationPeriodFault(t: RotationWindows): string | undefined {
  const lead = t.jwksCacheSeconds + t.propagationSeconds + t.clockSkewSeconds;
  const verifyOnly = t.signerHoldSeconds + t.tokenLifetimeSeconds + t.clockSkewSeconds;
  const least = Math.max(lead, Math.ceil(verifyOnly / 8));
  if (t.rotationPeriodSeconds >= least) return undefined;
  return (
    `got ${t.rotationPeriodSeconds}; allowed: ${least} or more, because a key is ` +
    `published ${lead} s before it signs (jwksCacheSeconds + propagationSeconds + clockSkewSeconds) and stays ${verifyOnly} s ` +
    `after (signerHoldSeconds + tokenLifetimeSeconds + clockSkewSeconds), ten keys at most at a time; ` +
    `raise the period or lower one of these`
  );
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
