import { randomBytes, randomUUID } from 'node:crypto';
import { account, region } from '../types.ts';

/** A request id as HTTP APIs, WebSocket connections and messages have it: 15 characters and a `=`. */
export function shortId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

/** A request id as REST APIs have it. */
export function uuid(): string {
  return randomUUID();
}

/**
 * A trace header value (`X-Amzn-Trace-Id`).
 *
 * @param receivedAt milliseconds since the epoch
 */
export function traceId(receivedAt: number): string {
  const seconds = Math.floor(receivedAt / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** The ARN that a policy must allow: `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<rest>`. */
export function executeApiArn(apiId: string, stage: string, rest: string): string {
  return `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}/${rest}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A time in the common log format, UTC: `12/Mar/2020:19:03:58 +0000`.
 *
 * @param milliseconds since the epoch
 */
export function logTime(milliseconds: number): string {
  const [date = '', time = ''] = new Date(milliseconds).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
