import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The id that a resource gets when AWS would make one up (an API, a route, an authorizer, …): ten lower-case
 * characters derived from the logical id, the same at every start.
 */
export function physicalId(logicalId: string): string {
  const digest = createHash('sha256').update(logicalId).digest();
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** The id of a REST API's root resource (`Fn::GetAtt RootResourceId`). */
export function rootResourceId(restApiLogicalId: string): string {
  return physicalId(`${restApiLogicalId}/`);
}

/** A UUID derived from the given parts, the same at every start (the id of a KMS key). */
export function physicalUuid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/**
 * The name that a resource gets when its template gives none: `<stackName>-<logicalId>`, shortened with a digest
 * where AWS allows fewer characters.
 */
export function physicalName(stackName: string, logicalId: string, limit = 255): string {
  const name = `${stackName}-${logicalId}`;
  return name.length <= limit ? name : `${name.slice(0, limit - 11)}-${physicalId(name)}`;
}
