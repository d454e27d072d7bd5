/**
 * Every guard of the verifier, each with the text that makes it and what the source says without it. Taking one out
 * must turn a case of the attack table red.
 */
import type { Edit } from './altered-build.ts';

/** A guard. */
export interface Guard extends Edit {
  readonly name: string;
  /** Guard that stands before this one and must be out of the way for this one to be seen at work. */
  readonly behind?: string;
}

type Row = readonly [name: string, text: string, replacement: string, behind?: string];

function guardsOf(file: string, rows: readonly Row[]): readonly Guard[] {
  return rows.map(([name, text, replacement, behind]) => ({
    ...{ name: `${file}: ${name}`, file, text, replacement },
    ...(behind !== undefined && { behind }),
  }));
}

const spelling = [
  ...guardsOf('core/jws/base64url.ts', [
    ['alphabet', '!alphabet.test(text) || ', ''],
    ['impossible length', 'text.length % 4 === 1 || ', ''],
    ['loose bits', ' || hasLooseBits(text)', ''],
  ]),
  ...guardsOf('core/jws/json.ts', [
    ['an object', "typeof value !== 'object' || ", ''],
    ['not null', 'value === null || ', ''],
    ['no array', ' || Array.isArray(value)', ''],
    ['UTF-8', 'fatal: true', 'fatal: false'],
    ['UTF-8 speaks as a refusal', "throw new StrictJsonError('not UTF-8')", "throw new Error('not UTF-8')"],
    ['no byte order mark', 'ignoreBOM: true', 'ignoreBOM: false'],
    ['JSON speaks as a refusal', "throw new StrictJsonError('not JSON')", "throw new Error('not JSON')"],
    ['the second reading', '\n  scan(text);', ''],
    ['depth', ' > maxDepth)', ' > Infinity)'],
    ['surrogates', '!value.isWellFormed()', 'false'],
    ['duplicates', 'names?.has(value)', 'false'],
    ['duplicates by their value, not their spelling', 'JSON.parse(literal) as string', 'literal'],
    ['numbers in range', '!Number.isFinite(Number(token))', 'false'],
  ]),
  ...guardsOf('core/jws/parse.ts', [
    ['length cap', 'token.length > maxTokenLength', 'false'],
    ['three segments', 'segments.length !== 3 || ', ''],
    [
      'canonical signature',
      'decodeCanonical(signature);',
      'decodeCanonical(signature) ?? new Uint8Array(256);',
    ],
    [
      'canonical header and payload',
      'if (bytes === undefined) throw',
      'if (bytes === undefined) return {}; if (false) throw',
    ],
    ['JSON faults speak as refusals', 'cause instanceof StrictJsonError', 'false'],
  ]),
];

const header = guardsOf('core/verify/header.ts', [
  ...['b64', 'zip', 'jwk', 'jku', 'x5u'].map((name): Row => [`no ${name}`, `'${name}', `, '']),
  ['no crit', "['crit', ", '['],
  ['no x5c', ", 'x5c'] as const", '] as const'],
  ['what is not accepted at all', 'present !== undefined)', 'false)'],
  ['alg a string', "typeof alg !== 'string'", 'false'],
  ['kid a string', "(typeof kid !== 'string' || ", '('],
  ['kid not empty', "kid === '' || ", ''],
  ['kid of some length', ' || kid.length > maxIdentifierLength', ''],
  ['typ a string', "typ !== undefined && typeof typ !== 'string'", 'false'],
  ['typ accepted', '!settings.typ.some((accepted) => mediaType(accepted) === got)', 'false'],
  ['typ there', 'got === undefined || !settings.typ', 'got !== undefined && !settings.typ'],
]);

const steps = guardsOf('core/verify/verify-token.ts', [
  ['spelling faults speak as refusals', 'error instanceof MalformedTokenError', 'false'],
  ['iss a string', "typeof iss === 'string' ? issuers.get(iss) : undefined", 'issuers.get(String(iss))'],
  [
    'iss configured',
    'issuers.get(iss) : undefined',
    '(issuers.get(iss) ?? [...issuers.values()][0]) : undefined',
  ],
  ['typ', '\n  checkType(header.typ, issuer.settings, context.trace);', ''],
  [
    'kid known',
    'await issuer.keys.find(kid, now)',
    "((await issuer.keys.find(kid, now)) ?? (await issuer.keys.find('own-rs', now)))",
  ],
  ['kid unknown is refused', 'if (key === undefined)\n', 'if (false)\n'],
  ['algorithm of the key', 'header.alg !== key.alg', 'false'],
  ['signature', '\n  await checkSignature(jws, key, context);', ''],
  ['a signature that holds', '!(await verifySignature(jws, key))', 'false'],
  ['signatures of the length of the modulus', 'jws.signature.length === key.signatureBytes', 'true'],
]);

const signatures = [
  ...guardsOf('core/verify/signature.ts', [
    [
      'algorithm handed to jose',
      '{ algorithms: [key.alg] }',
      '{}',
      'core/verify/verify-token.ts: algorithm of the key',
    ],
    ['a bad signature speaks as a refusal', 'error instanceof errors.JOSEError', 'false'],
  ]),
  ...guardsOf('adapters/crypto/node-verifier.ts', [
    ['ECDSA signatures of their length', 'signature.length === length && ', ''],
    ['a salt as long as the hash', 'RSA_PSS_SALTLEN_DIGEST', 'RSA_PSS_SALTLEN_AUTO'],
    ['HMACs of their length', 'signature.length === expected.length && ', ''],
    ['HMACs', 'timingSafeEqual(expected, signature)', 'true'],
  ]),
];

const claims = guardsOf('core/verify/claims.ts', [
  ['audience', '\n  checkAudience(claims, context.issuer, context.trace);', ''],
  ['required claims', '\n  checkRequired(claims, context.issuer.requiredClaims ?? {}, context.trace);', ''],
  ['RFC 9068 for our own', 'const own = isOwn(context.issuer);', 'const own = false;'],
  ['jti for our own', "identifier(claims, 'jti', own)", "identifier(claims, 'jti', false)"],
  [
    'client_id for our own',
    "own ? identifier(claims, 'client_id', true) : clientOf(claims, context.issuer)",
    'clientOf(claims, context.issuer)',
  ],
  [
    'the claim that names the client',
    'clientIdClaims.find((candidate)',
    "[...(clientIdClaims && []), 'client_id', 'azp'].find((candidate)",
  ],
  ['sub', "identifier(claims, 'sub', true)", "identifier(claims, 'sub', false)"],
  ['exp', 'now >= exp + tolerance', 'false'],
  ['exp to the second', 'now >= exp + tolerance', 'now > exp + tolerance'],
  ['nbf', 'now < nbf - tolerance', 'false'],
  ['iat', 'now < iat - tolerance', 'false'],
  ['longest lifetime', 'exp - iat > issuer.maxLifetimeSeconds || ', ''],
  ['a lifetime at all', ' || exp <= iat', ''],
  ['times are numbers', "typeof value !== 'number' || !Number.isFinite(value) || ", ''],
  ['times are finite', '!Number.isFinite(value) || ', '', 'core/jws/json.ts: numbers in range'],
  ['times are not negative', ' || value < 0', ''],
  ['aud not empty', 'values.length === 0 || ', ''],
  ['aud of strings', "!values.every((value) => typeof value === 'string')", 'false'],
  ['aud is ours', '!values.some((value) => audience.includes(value))', 'false'],
  ['a claim as required', '!meets(value, requirement)', 'false'],
  ['equals', 'return value === requirement.equals', 'return true'],
  [
    'equals without conversion',
    'value === requirement.equals',
    'String(value) === String(requirement.equals)',
  ],
  ['oneOf', 'return requirement.oneOf.some((allowed) => allowed === value)', 'return true'],
  ['oneOf without conversion', 'allowed === value', 'String(allowed) === String(value)'],
  ['contains', 'Array.isArray(values) && values.includes(requirement.contains)', 'true'],
  [
    'contains whole words',
    "value.split(' ')",
    '[...(value.includes(requirement.contains) ? [requirement.contains] : [])]',
  ],
  ['contains in an array', 'Array.isArray(values) && ', '(values as object) && '],
  ['identifiers are strings', "typeof value !== 'string' || value === '' || ", "value === '' || "],
  ['identifiers are not empty', "value === '' || ", ''],
  ['identifiers of some length', ' || value.length > maxIdentifierLength', ''],
  ['identifiers that are required', 'value === undefined && !required', 'value === undefined'],
  ['scopes are strings', " && granted.every((value) => typeof value === 'string')", ''],
  [
    'scopes of another type are refused',
    "throw new RefusedError('claims_malformed', `${name} must be a string or an array of strings`);\n}",
    'return [];\n}',
  ],
]);

const keys = [
  ...guardsOf('core/keys/verification-key.ts', [
    ['published secrets', "jwk.kty !== 'oct' && ", ''],
    ['one key of a kid', ' && isOnly(jwk)', ''],
    ['no key without kid', " || jwk.kid === ''", '', 'core/verify/header.ts: kid not empty'],
    ['fit for its use', '!isFitFor(alg, jwk)', 'false'],
    ['a key that cannot be imported spoils no other', '} catch {', '} catch (error) { throw error;'],
    ['a shared secret fit for its use', 'if (key === undefined) {', 'if (false) {'],
  ]),
  ...guardsOf('core/keys/algorithms.ts', [
    ['an algorithm of the key type', 'rule?.kty === jwk.kty', 'rule !== undefined'],
    ['an algorithm of the curve', 'rule.crv === jwk.crv', 'true'],
    ['an accepted algorithm', 'jwk.alg === undefined || jwk.alg === alg', 'true'],
    ['one algorithm', 'candidates.length === 1', 'candidates.length > 0'],
    ['use', "jwk.use !== undefined && jwk.use !== 'sig'", 'false'],
    ['key_ops', "jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')", 'false'],
    ['no private members', 'privateMembers.some((name) => Object.hasOwn(jwk, name))', 'false'],
    ['no private member d', "['d', ", '['],
    ['no private member dp', "'dp', ", ''],
    ['RSA modulus', 'modulus >= 1n << 2047n && ', ''],
    ['RSA exponent not small', 'exponent > 1n << 16n && ', ''],
    ['RSA exponent not large', 'exponent < 1n << 256n && ', ''],
    ['RSA exponent odd', ' && (exponent & 1n) === 1n', ''],
    ['secret length', 'base64url.decode(k).length >= leastBytes', 'true'],
  ]),
  ...guardsOf('core/keys/jwk-set.ts', [['published keys alone', 'isPublished(key.state)', 'true']]),
  ...guardsOf('core/verify/trusted-issuers.ts', [
    [
      'a key set that was not written',
      'if (keySet === undefined) throw',
      'if (keySet === undefined) return { keys: [] }; if (false) throw',
    ],
  ]),
];

const revocation = guardsOf('core/revocation/decide.ts', [
  ['digest where there is no jti', 'token.accepted.jti !== undefined', 'true'],
  ['jti where there is one', 'token.accepted.jti !== undefined', 'false'],
  ['issuer', "\n    ['issuer', ''],", ''],
  ['key', "\n    ['key', token.kid],", ''],
  ['client', "\n    ['client', clientId],", ''],
  ['subject', "\n    ['subject', sub],", ''],
  ['session', "\n    ['session', sid],", ''],
  ['expired records say nothing', 'if (record.expiresAt <= now) continue;', ''],
  ['records without revokedBefore', 'revokedBefore === undefined || ', 'revokedBefore !== undefined && '],
  ['revokedBefore', ' || token.accepted.iat <= revokedBefore', ''],
  [
    'revokedBefore to the second',
    'token.accepted.iat <= revokedBefore',
    'token.accepted.iat < revokedBefore',
  ],
  ['later tokens pass', 'token.accepted.iat <= revokedBefore', 'true'],
]);

const authorization = [
  ...guardsOf('core/verify/authorize.ts', [
    [
      'revocation',
      'checkRevocation(\n      token,\n      await context.revocations.find(',
      '((..._unchecked: readonly unknown[]) => undefined)(\n      token,\n      await context.revocations.find(',
    ],
    ['sender', '\n    await checkSender(token);', ''],
    ['all scopes', 'all.every((scope) => granted.has(scope))', 'true'],
    ['any scope', '(any?.some((scope) => granted.has(scope)) ?? true)', 'true'],
  ]),
  ...guardsOf('core/verify/reasons.ts', [
    ['what is no refusal is thrown on', 'if (!(error instanceof RefusedError)) throw error;', ''],
  ]),
  ...guardsOf('core/verify/routes.ts', [
    ['ANY', 'path === undefined ? undefined : ownEntry(`ANY ${path}`, scopes)', 'undefined'],
    ['the most specific route', '? 1 : -1', '? -1 : 1'],
    ['a method before ANY', "method === 'ANY' ? '0' : '1'", "method === 'ANY' ? '1' : '0'"],
    ['empty segments', ".filter((segment) => segment !== '')", ''],
    ['encoded segments', '.map(decoded)', ''],
    ['segments that cannot be decoded', '} catch {', '} catch (error) { throw error;'],
    ['greedy routes', "wanted.at(-1)?.endsWith('+}') === true", 'false'],
    ['the method', "routeMethod !== method && routeMethod !== 'ANY'", 'routeMethod !== method'],
  ]),
  ...guardsOf('core/verify/credentials.ts', [
    ['a header at all', 'if (value === undefined) throw', 'if (false) throw'],
    ['a readable header', 'isReadable(values) && ', ''],
    ['one header', 'others.length === 0 && ', ''],
    ['a header of some length', ' && value.length <= maxHeaderLength', ''],
    ['nothing before', '/^(bearer', '/(bearer'],
    ['nothing after', '=*)$/i', '=*)/i'],
    ['one space', 'dpop) (', 'dpop) +('],
    ['token68 alone', '[A-Za-z0-9._~+/-]+=*', '.+'],
    ['a scheme without case', '$/i', '$/'],
    ['the scheme that came', "scheme.toLowerCase() === 'dpop'", 'false'],
  ]),
  ...guardsOf('core/ticket/ticket.ts', [
    ['a ticket that is known', 'stored === undefined || ', ''],
    ['a ticket in time', ' || stored.expiresAt <= context.now', ''],
    ['an issuer that is believed', 'if (issuer === undefined) throw', 'if (false) throw'],
    [
      'an iss that is a string',
      "typeof claims.iss === 'string' ? context.issuers.get(claims.iss) : undefined",
      'context.issuers.get(claims.iss as string) ?? [...context.issuers.values()][0]',
    ],
  ]),
];

const dpop = guardsOf('core/sender/dpop.ts', [
  [
    'a proof at all',
    "if (compact === undefined) throw new RefusedError('dpop_proof_missing'",
    "if (compact === undefined) return { jti: '', jkt: '', expiresAt: 0 };\n  if (false) throw new RefusedError('dpop_proof_missing'",
  ],
  ['one proof', 'expected.proofs.length > 1', 'false'],
  ['spelling faults speak as refusals', 'error instanceof MalformedTokenError', 'false'],
  ['typ', "typ !== 'dpop+jwt'", 'false'],
  ['no crit', 'crit !== undefined', 'false', 'core/sender/dpop.ts: no b64'],
  ['no b64', ' || b64 !== undefined', ''],
  ['an asymmetric algorithm', '!proofAlgorithms.some((accepted) => accepted === alg)', 'false'],
  ['jwk an object', "typeof jwk !== 'object' || ", ''],
  ['jwk not null', 'jwk === null || ', ''],
  ['no private member', 'privateMembers.some((name) => Object.hasOwn(jwk, name))', 'false'],
  ['signature', '\n  await checkSignature(jws, jwk);', ''],
  ['a bad signature speaks as a refusal', 'error instanceof errors.JOSEError', 'false'],
  ['a bad key speaks as a refusal: DOMException', ' || error instanceof DOMException', ''],
  ['the bound key', "(await calculateJwkThumbprint(jwk, 'sha256')) !== jkt", 'false'],
  ['htm', 'claims.htm !== method', 'false'],
  ['htu a string', "typeof claims.htu !== 'string' || !URL.canParse(claims.htu) || ", ''],
  ['htu', ' || bare(claims.htu) !== bare(url)', ''],
  ['ath', 'claims.ath !== base64url.encode(new Uint8Array(digest))', 'false'],
  ['iat a number', "typeof iat !== 'number'", 'false'],
  ['age', 'Math.abs(now - iat) > windowSeconds', 'false'],
  ['not too old', 'Math.abs(now - iat) > windowSeconds', 'iat - now > windowSeconds'],
  ['not from the future', 'Math.abs(now - iat) > windowSeconds', 'now - iat > windowSeconds'],
  ['jti a string', "typeof jti === 'string' && ", ''],
  ['jti not empty', "jti !== '' && ", ''],
  ['jti of some length', ' && jti.length <= maxIdentifierLength', ''],
]);

const sender = guardsOf('core/sender/constraint.ts', [
  ['the scheme of the binding', "(jkt === undefined) !== (presented.scheme === 'Bearer')", 'false'],
  ['no bound token where answers are kept', 'context.keepsAnswers === true && ', 'false && '],
  ['known methods alone', 'Object.keys(others).length > 0', 'false'],
  [
    'certificate',
    'if (thumbprint !== undefined) await checkCertificate',
    'if (false) await checkCertificate',
  ],
  ['proof', 'if (jkt !== undefined) await checkProof', 'if (false) await checkProof'],
  ['cnf an object', "typeof cnf === 'object' && ", '', 'core/sender/constraint.ts: known methods alone'],
  ['cnf not null', 'cnf !== null && ', ''],
  ['cnf no array', '!Array.isArray(cnf) && ', '', 'core/sender/constraint.ts: known methods alone'],
  ['cnf not empty', ' && Object.keys(cnf).length > 0', ''],
  ['a wrong cnf is refused', "throw unmet('cnf must be an object that names a key')", 'return {}'],
  [
    'a certificate at all',
    'if (certificate === undefined) throw',
    'if (certificate === undefined) return; if (false) throw',
  ],
  ['the bound certificate', '(await certificateThumbprint(certificate)) !== thumbprint', 'false'],
  ['jkt a string', "typeof jkt !== 'string'", 'false'],
  ['replay', '!(await replays.remember(`dpop:${proof.jkt}:${proof.jti}`, proof.expiresAt))', 'false'],
  [
    'no replay table, no DPoP',
    'if (replays === undefined) throw',
    'if (replays === undefined) return; if (false) throw',
  ],
]);

const gateway = [
  ...guardsOf('core/sender/certificate.ts', [
    ['PEM', "replaceAll(/\\s/g, '');", "replaceAll(/\\s/g, '') ?? '';"],
    ['base64', '} catch {', '} catch (error) { throw error;'],
  ]),
  ...guardsOf('functions/authorizer/event.ts', [
    ['header names without case', 'key.toLowerCase() === name', 'key === name'],
    ['all values of a header', 'if (all.length > 0) return', 'if (false) return'],
    [
      'all spellings of a name',
      'return all.flatMap(([, values]) => values ?? [])',
      'return all[0]?.[1] ?? []',
    ],
    ['tickets open WebSockets alone', "routeKey === '$connect' ? ", 'true ? '],
    [
      'the route that was asked for',
      'route: { routeKey: routeKey ?? keyOf(method, event.resource) }',
      "route: { routeKey: '$default' }",
    ],
    ['the default route', "resource === '$default' ? resource : ", ''],
    ['the route of payload 2.0', 'route: { routeKey },', "route: { routeKey: '$default' },"],
    ['the path of a TOKEN event', "path: `/${path.join('/')}`", "path: '/'"],
    [
      'the certificate of payload 2.0',
      'requestContext.authentication?.clientCert?.clientCertPem',
      'undefined',
    ],
    ['the certificate of the other payloads', 'identity?.clientCert?.clientCertPem', 'undefined'],
    ['the host of the request', '${domainName}${path}', '${path}'],
    [
      'a scheme of two',
      "${isPlain ? 'http' : 'https'}://",
      "${valuesOf('x-forwarded-proto', headers)[0] ?? 'https'}://",
    ],
  ]),
  ...guardsOf('core/verify/decide-request.ts', [
    ['no ticket table, no tickets', ' && context.tickets !== undefined', ''],
    ['one ticket', 'request.tickets.length === 1 && ', ''],
    ['no token beside a ticket', ' && request.authorization.length === 0', ''],
    [
      'scopes',
      'return checkScopes(decision, requirementOf(request.route, context.routeScopes), context.trace);',
      'return decision;',
    ],
    ['what the header says speaks as a refusal', 'return toRefusal(error);', 'throw error;'],
  ]),
  ...guardsOf('functions/authorizer/answer.ts', [
    ['401', '    throw unauthorized();\n', ''],
    ['Deny', "isAllowed ? 'Allow' : 'Deny'", "'Allow'"],
    ['a simple no', '{ isAuthorized: false }', '{ isAuthorized: true }'],
    ['the whole stage', '${api}/${stage}/*', '${methodArn}'],
    ['no Deny for what may pass', ' || reasons[reason].isTransient === true', ''],
    ['no Deny where errors are asked for', " && refusals === 'deny'", ''],
  ]),
];

export const guards: readonly Guard[] = [
  ...[...spelling, ...header, ...steps, ...signatures, ...claims, ...keys, ...revocation, ...authorization],
  ...[...dpop, ...sender, ...gateway],
];

/** Files whose every refusal must be a guard of the list. */
export const guardedFiles: readonly string[] = [...new Set(guards.map(({ file }) => file))];

/** Throws that no request can reach, and why. */
export const unreachableThrows: Readonly<Record<string, string>> = {
  'throw new TypeError(`got algorithm ${alg}': 'a key of another algorithm is not imported',
  'throw new ConfigError(\n      `issuer ${issuer}: algorithms: got':
    'a wrong configuration, at the start of a container',
  'throw new ConfigError(\n    `issuer ${issuer}: got no jwksUri':
    'a wrong configuration, at the start of a container',
  "throw new OAuthError('invalid_request', 'the token has no jti": 'the ticket function, not the authorizer',
};
