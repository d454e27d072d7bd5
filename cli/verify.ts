import { explain } from '../core/verify/explain.ts';
import { MalformedTokenError, parseUnverified, type UnverifiedJws } from '../core/jws/parse.ts';
import { type Command, stringOption, UsageError } from './command.ts';
import { describeExplanation, exitCodeOf } from './explanation.ts';
import { givenIssuer, keyOptions } from './given-issuer.ts';
import { tokenOrStdin, timeOption } from './input.ts';
import { print } from './output.ts';

/** `keyturn verify`: a token by keys that the user names, with the authorizer's rules. No stack is asked. */
export const verify: Command = {
  summary: 'verify a token with keys that you name, without asking a stack',
  usage: [
    'Usage: keyturn verify TOKEN|- --key FILE | --secret FILE | --jwks-url URL | --issuer URL',
    '                      [--audience AUD] [--typ TYP] [--at TIME] [--json]',
    '',
    'The rules are the authorizer’s: format, key, signature, times. Issuer, audience and typ are the token’s own unless',
    'you name them. Only its stack knows whether a token is revoked: see `keyturn explain`.',
    'FILE holds a JWK, a JWK Set or PEM. --issuer reads the keys by OpenID Connect discovery.',
    'Exit code: 0 the token is valid, 1 it is not, 2 wrong usage.',
    '',
    '  npx keyturn token | npx keyturn verify - --issuer http://127.0.0.1:8787',
    '  npx keyturn verify - --key public.pem --audience orders < token.txt',
    '  npx keyturn verify - --secret secret.txt --at 2026-11-24T12:00:00Z < token.txt',
  ].join('\n'),
  options: {
    ...Object.fromEntries(keyOptions.map((name) => [name, { type: 'string' } as const])),
    audience: { type: 'string' },
    typ: { type: 'string' },
    at: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [1, 1],
  async run([argument], options) {
    const named = keyOptions.filter((name) => stringOption(options, name) !== undefined);
    if (named.length !== 1)
      throw new UsageError(
        `name one of ${keyOptions.map((name) => `--${name}`).join(', ')}\n\n${verify.usage}`,
      );
    const now = timeOption(options, 'at') ?? Date.now() / 1000;
    const token = await tokenOrStdin(argument);
    const issuer = await givenIssuer(parse(token), options);
    const explanation = await explain(
      {
        authorization: [`Bearer ${token}`],
        tickets: [],
        sender: { method: 'GET', url: '', proofs: [] },
        route: { routeKey: '' },
      },
      {
        issuers: new Map([[issuer.settings.issuer, issuer]]),
        clockToleranceSeconds: 0,
        now,
        revocations: { find: async () => [] },
        proofWindowSeconds: 0,
        routeScopes: {},
      },
    );
    const steps = explanation.steps.filter(({ step }) => step !== 'revocation' && step !== 'credentials');
    print({ ...explanation, steps }, options, () => describeExplanation({ ...explanation, steps }));
    process.exitCode = exitCodeOf(explanation);
  },
};

function parse(token: string): UnverifiedJws {
  try {
    return parseUnverified(token);
  } catch (error) {
    if (!(error instanceof MalformedTokenError)) throw error;
    throw new UsageError(`not a compact JWS (RFC 7515 §7.1): ${error.message}`, 1);
  }
}
