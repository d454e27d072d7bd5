/**
 * The steps of a decision, in the order in which they are taken. Each is announced to the {@link Trace} before it is
 * checked, so that whoever explains a decision follows the very code that makes it.
 */
export const steps = [
  ...([
    'credentials',
    'ticket',
    'format',
    'header',
    'issuer',
    'type',
    'key',
    'algorithm',
    'signature',
  ] as const),
  ...(['times', 'exp', 'nbf', 'iat', 'lifetime', 'audience', 'requirements', 'identifiers'] as const),
  ...(['revocation', 'sender', 'certificate', 'proof', 'replay', 'scopes'] as const),
] as const;

export type Step = (typeof steps)[number];

/**
 * Hears of each step just before it is checked. Absent in the authorizer, where it costs nothing: the arguments of an
 * optional call are not evaluated.
 *
 * @param got what the token or the request says: of claims and headers only, never the token itself
 * @param allowed what passes, in words
 */
export type Trace = (step: Step, got: unknown, allowed: string) => void;
