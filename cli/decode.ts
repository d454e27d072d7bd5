import { MalformedTokenError, parseUnverified } from '../core/jws/parse.ts';
import { type Command, UsageError } from './command.ts';
import { tokenOrStdin } from './input.ts';
import { relativeTime, toJson } from './output.ts';

const timeClaims: readonly string[] = ['exp', 'nbf', 'iat'];

/** The NumericDate beyond which there is no Date (ECMA-262 §21.4.1.1). */
const lastTime = 8.64e12;

/** `keyturn decode`: what a token says, unverified. */
export const decode: Command = {
  summary: 'show what a token says, without verifying it',
  usage: [
    'Usage: keyturn decode TOKEN|- [--json]',
    '',
    'Prints header and claims as JSON and, without --json, the times as dates too; does not check whether the token is valid.',
    '',
    '  npx keyturn token | npx keyturn decode -',
  ].join('\n'),
  options: { json: { type: 'boolean' } },
  positionals: [1, 1],
  async run([argument], options) {
    const { header, claims } = parse(await tokenOrStdin(argument));
    console.log(toJson({ header, claims }));
    if (options.json === true) return;
    const now = Date.now() / 1000;
    for (const name of timeClaims) {
      const value = claims[name];
      if (typeof value === 'number' && Math.abs(value) <= lastTime)
        console.error(`${name}: ${new Date(value * 1000).toISOString()}, ${relativeTime(value, now)}`);
    }
    console.error('not verified: anybody can write these claims');
  },
};

function parse(token: string): ReturnType<typeof parseUnverified> {
  try {
    return parseUnverified(token);
  } catch (error) {
    if (!(error instanceof MalformedTokenError)) throw error;
    throw new UsageError(`not a compact JWS (RFC 7515 §7.1): ${error.message}`, 1);
  }
}
