import { type Reason, reasons } from '../../core/verify/reasons.ts';
import type { Step } from '../../core/verify/steps.ts';
import { dateTime } from '../token/times.ts';

/** What each step asks, as a short question to the request. */
export const stepTitles: Readonly<Record<Step, string>> = {
  credentials: 'Authorization header',
  ticket: 'Ticket',
  format: 'Format',
  header: 'JOSE header',
  issuer: 'Issuer',
  type: 'Type',
  key: 'Key',
  algorithm: 'Algorithm',
  signature: 'Signature',
  times: 'Time claims',
  exp: 'Not expired',
  nbf: 'Already valid',
  iat: 'Already issued',
  lifetime: 'Lifetime',
  audience: 'Audience',
  requirements: 'Required claims',
  identifiers: 'Identifiers and scopes',
  revocation: 'Not revoked',
  sender: 'Sender constraint',
  certificate: 'Client certificate',
  proof: 'DPoP proof',
  replay: 'Proof not replayed',
  scopes: 'Scopes of the route',
};

/** What was got, short enough for a table. */
export function showGot(got: unknown): string {
  if (got === undefined) return 'none';
  if (typeof got === 'string') return got === '' ? '(empty)' : got;
  if (typeof got === 'object' && got !== null && !Array.isArray(got)) {
    const members = Object.entries(got).filter(([, value]) => value !== undefined);
    return members
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' · ');
  }
  return JSON.stringify(got) ?? 'none';
}

/** What a reason code means, as plain text. */
export function meaningOf(reason: Reason): string {
  return reasons[reason].meaning.replaceAll('`', '');
}

/** A text with its NumericDates as people read them. */
export function readable(text: string): string {
  return text.replaceAll(/\b[12]\d{9}(?:\.\d+)?\b/g, (time) => dateTime(Number(time)));
}
