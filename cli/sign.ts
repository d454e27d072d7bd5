import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, CompactSign, importJWK, type JWK } from 'jose';
import { secretAlgorithms, verificationAlgorithms } from '../core/contract/settings.ts';
import { algorithmOf } from '../core/keys/algorithms.ts';
import { type Command, type OptionValues, stringOption, UsageError } from './command.ts';
import { argumentOrStdin, parseDuration } from './input.ts';
import { readKeyFile, readSecretFile } from './key-file.ts';

/** `keyturn sign`: claims of the user's with a key of the user's. The stack's own keys never leave it. */
export const sign: Command = {
  summary: 'sign claims with your own key, for tests',
  usage: [
    'Usage: keyturn sign CLAIMS|- --key FILE | --secret FILE [--alg ALG] [--kid KID] [--typ TYP] [--lifetime 15m]',
    '',
    'CLAIMS is a JSON object. If missing, iat (now), exp (--lifetime later) and jti (a new UUID) are added.',
    'FILE holds a private JWK or PEM. Prints the token and nothing else.',
    '',
    '  echo \'{"iss":"https://login.example.com","aud":"orders","sub":"ada"}\' | npx keyturn sign - --key private.pem',
  ].join('\n'),
  options: {
    key: { type: 'string' },
    secret: { type: 'string' },
    alg: { type: 'string' },
    kid: { type: 'string' },
    typ: { type: 'string' },
    lifetime: { type: 'string' },
  },
  positionals: [1, 1],
  async run([argument], options) {
    const { jwk, alg } = await signingKey(options);
    const lifetime = parseDuration('lifetime', stringOption(options, 'lifetime') ?? '15m');
    const claims = parseClaims(await argumentOrStdin(argument, 'claims as a JSON object'));
    const iat = Math.floor(Date.now() / 1000);
    const whole = { iat, exp: iat + lifetime, jti: randomUUID(), ...claims };
    const kid =
      stringOption(options, 'kid') ??
      jwk.kid ??
      (jwk.kty === 'oct' ? undefined : await calculateJwkThumbprint(jwk));
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(whole)))
      .setProtectedHeader({
        alg,
        typ: stringOption(options, 'typ') ?? 'JWT',
        ...(kid !== undefined && { kid }),
      })
      .sign(await importJWK(jwk, alg));
    console.log(token);
  },
};

async function signingKey(options: OptionValues): Promise<{ readonly jwk: JWK; readonly alg: string }> {
  const [file, secret] = [stringOption(options, 'key'), stringOption(options, 'secret')];
  if ((file === undefined) === (secret === undefined))
    throw new UsageError(`name one of --key, --secret\n\n${sign.usage}`);
  const [jwk = {}, ...more] =
    file === undefined ? [await readSecretFile(secret ?? '')] : await readKeyFile(file, 'private');
  if (more.length > 0) throw new UsageError(`${file} holds ${more.length + 1} keys; allowed: one`, 1);
  return { jwk, alg: algorithmFor(jwk, stringOption(options, 'alg')) };
}

/** What a key whose type allows several algorithms signs with unless told otherwise. */
const usual: Readonly<Record<string, string>> = { RSA: 'RS256', oct: 'HS256', OKP: 'EdDSA' };

function algorithmFor(jwk: JWK, wanted: string | undefined): string {
  const known = [...verificationAlgorithms, ...secretAlgorithms];
  const fitting = known.filter((alg) => algorithmOf(jwk, [alg]) === alg);
  const alg = wanted ?? jwk.alg ?? fitting.find((name) => name === usual[jwk.kty ?? '']) ?? fitting[0];
  if (alg !== undefined && fitting.some((name) => name === alg)) return alg;
  throw new UsageError(
    `--alg: got ${alg ?? 'nothing'}; allowed for this key: ${fitting.join(', ') || 'none'}`,
  );
}

function parseClaims(text: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(text);
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { ...claims };
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new UsageError('the claims are not a JSON object; allowed: {"sub": "ada", …}');
}
