import type { TrustedIssuerSettings } from '../contract/settings.ts';
import { RefusedError } from './reasons.ts';
import type { Trace } from './steps.ts';

/** The JOSE header parameters that verification goes by. */
export interface AcceptedHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
}

/**
 * Extensions that change what is verified (`crit`, `b64`, `zip`) and keys that the token brings along (`jwk`,
 * `jku`, `x5u`, `x5c`; RFC 8725 §3.10). Their mere presence refuses the token.
 */
const refusedParameters = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'] as const;

/** Longest accepted `kid`, and longest accepted identifier in a claim, in characters. */
export const maxIdentifierLength = 400;

/**
 * Checks the JOSE header's shape (RFC 7515 §4.1).
 *
 * @throws RefusedError `header_unsupported`, `key_unknown`
 */
export function checkHeader(header: Readonly<Record<string, unknown>>, trace?: Trace): AcceptedHeader {
  trace?.('header', header, `alg, kid and typ as strings; none of ${refusedParameters.join(', ')}`);
  const present = refusedParameters.find((name) => Object.hasOwn(header, name));
  if (present !== undefined)
    throw new RefusedError('header_unsupported', `${present} is not accepted in a header`);
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') throw new RefusedError('header_unsupported', 'alg must be a string');
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > maxIdentifierLength)) {
    throw new RefusedError('key_unknown', `kid must be a string of 1 to ${maxIdentifierLength} characters`);
  }
  if (typ !== undefined && typeof typ !== 'string') {
    throw new RefusedError('type_not_accepted', 'typ must be a string');
  }
  return { alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) };
}

/**
 * Checks `typ` against what is accepted of the issuer, so that an ID token never passes as an access token
 * (RFC 9068 §2.1, RFC 8725 §3.11).
 *
 * @throws RefusedError `type_not_accepted`
 */
export function checkType(typ: string | undefined, settings: TrustedIssuerSettings, trace?: Trace): void {
  trace?.('type', typ, settings.typ === null ? 'any typ, or none' : settings.typ.join(' or '));
  if (settings.typ === null) return;
  const got = typ === undefined ? undefined : mediaType(typ);
  if (got === undefined || !settings.typ.some((accepted) => mediaType(accepted) === got)) {
    throw new RefusedError('type_not_accepted', `typ must be ${settings.typ.join(' or ')}`);
  }
}

/** RFC 7515 §4.1.9: compared without case; `application/` is implied where there is no slash. */
function mediaType(typ: string): string {
  const lower = typ.toLowerCase();
  return lower.includes('/') ? lower : `application/${lower}`;
}
