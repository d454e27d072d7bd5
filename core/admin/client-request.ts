import * as z from 'zod/mini';
import { clientIdPattern, scopePattern } from '../contract/client-rules.ts';
import { isSafeUrl } from '../contract/config.ts';
import { grantTypes } from '../contract/grants.ts';
import { ranges } from '../contract/times.ts';
import { maxIdentifierLength } from '../verify/header.ts';

/** How long a list may be; a client is one item, and DynamoDB takes no more than 400 kB. */
const maxEntries = 100;

function list<T extends z.core.$ZodType>(entry: T, least = 1) {
  return z.array(entry).check(z.minLength(least), z.maxLength(maxEntries));
}

function seconds(name: 'tokenLifetimeSeconds' | 'refreshTokenLifetimeSeconds') {
  const { min, max } = ranges[name];
  return z.int().check(z.gte(min), z.lte(max));
}

const clientId = z.string().check(z.regex(clientIdPattern));
const scopes = list(z.string().check(z.regex(scopePattern)), 0);
const grants = list(z.enum(grantTypes));
const audience = list(z.string().check(z.minLength(1), z.maxLength(maxIdentifierLength)));
const jwks = z.strictObject({ keys: list(z.record(z.string(), z.unknown())) });
const jwksUri = z.string().check(z.maxLength(2048), z.refine(isSafeUrl));

/** Body of `POST /admin/clients`. */
export const newClient = z.strictObject({
  ...{ clientId, scopes },
  grants: z.optional(grants),
  audience: z.optional(audience),
  tokenLifetimeSeconds: z.optional(seconds('tokenLifetimeSeconds')),
  refreshTokenLifetimeSeconds: z.optional(seconds('refreshTokenLifetimeSeconds')),
  isPublic: z.optional(z.boolean()),
  jwks: z.optional(jwks),
  jwksUri: z.optional(jwksUri),
});

/** Body of `POST /admin/clients/change`: null takes a member back to its default. */
export const clientChange = z.strictObject({
  clientId,
  scopes: z.optional(scopes),
  grants: z.optional(grants),
  audience: z.nullish(audience),
  tokenLifetimeSeconds: z.nullish(seconds('tokenLifetimeSeconds')),
  refreshTokenLifetimeSeconds: z.nullish(seconds('refreshTokenLifetimeSeconds')),
  jwks: z.nullish(jwks),
  jwksUri: z.nullish(jwksUri),
  disabled: z.optional(z.boolean()),
});

/** Body of a request that names a client and no more. */
export const namedClient = z.strictObject({ clientId });

const members =
  `scopes (each of printable ASCII without space, double quote and backslash), grants (${grantTypes.join(', ')}), audience, ` +
  `tokenLifetimeSeconds (${ranges.tokenLifetimeSeconds.min} to ${ranges.tokenLifetimeSeconds.max}), ` +
  `refreshTokenLifetimeSeconds (${ranges.refreshTokenLifetimeSeconds.min} to ${ranges.refreshTokenLifetimeSeconds.max}), ` +
  `jwks (keys, 1 to ${maxEntries}), jwksUri (https)`;

/** The shapes in words. */
export const shapes = {
  newClient: `clientId (1 to 255 printable ASCII characters without spaces) and scopes, with an optional isPublic and of: ${members}`,
  clientChange: `clientId, and of: disabled, ${members}; null for the default of all but scopes, grants and disabled`,
  namedClient: 'clientId alone',
} as const;
