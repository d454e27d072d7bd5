import { arrayOf, booleanOf, isObject, objectOf, textOf, type JsonObject } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { stringsOf, type ApiResources } from './api-resources.ts';
import type { AdditionalClaim, JwtAuthorizer, JwtIssuer } from './jwt-model.ts';
import type { LambdaAuthorizer } from './lambda-authorizer.ts';
import { resultTtl } from './result-ttl.ts';
import type { RestAuthorization } from './rest-model.ts';

/** A REST API waits this long for a Lambda authorizer, in milliseconds. */
const authorizerTimeoutMs = 29_000;

/** A REST API keeps an issuer's keys for an hour at most, in seconds. */
const keysTtlSeconds = 3600;

/** What a method asks of its callers. */
export function readRestAuthorization(found: ApiResources, method: Resource): RestAuthorization {
  const kind = textOf(method.properties['AuthorizationType']) ?? 'NONE';
  if (kind === 'NONE') return { kind: 'none' };
  const authorizer = found.byId('AWS::ApiGateway::Authorizer', method.properties['AuthorizerId']);
  const read =
    authorizer === undefined
      ? undefined
      : readAuthorizer(authorizer, stringsOf(method.properties['AuthorizationScopes']));
  if (
    read !== undefined &&
    (kind === 'JWT') === (read.kind === 'jwt') &&
    (kind === 'CUSTOM' || kind === 'JWT')
  )
    return read;
  const response = kind === 'AWS_IAM' ? 'MISSING_AUTHENTICATION_TOKEN' : 'UNAUTHORIZED';
  found.leaveOut(
    method,
    `its authorization (type ${kind}) cannot be checked here, so its requests are refused`,
  );
  return { kind: 'refused', response };
}

function readAuthorizer(resource: Resource, scopes: readonly string[]): RestAuthorization | undefined {
  const { properties } = resource;
  if (isObject(properties['JwtConfiguration']))
    return readJwt(resource, properties['JwtConfiguration'], scopes);
  const identitySource = textOf(properties['IdentitySource']) ?? '';
  if (properties['Type'] === 'REQUEST') {
    const sources = identitySource.split(',').map((source) => source.trim());
    return {
      kind: 'request',
      authorizer: lambdaAuthorizer(resource, identitySource),
      identitySource: sources.filter((source) => source !== ''),
    };
  }
  return properties['Type'] === 'TOKEN' ? readToken(resource, identitySource) : undefined;
}

function readToken(resource: Resource, identitySource: string): RestAuthorization | undefined {
  const expression = textOf(resource.properties['IdentityValidationExpression']);
  const validation = expression === undefined ? undefined : regExpOf(expression);
  if (expression !== undefined && validation === undefined) return undefined;
  return {
    kind: 'token',
    authorizer: lambdaAuthorizer(resource, identitySource),
    identitySource,
    validation,
  };
}

/** The expression is written for another engine; its `(?i)` is this one's flag. */
function regExpOf(expression: string): RegExp | undefined {
  const source = expression.replace(/^\(\?i\)/, '');
  try {
    return new RegExp(source, source === expression ? '' : 'i');
  } catch {
    return undefined;
  }
}

function lambdaAuthorizer(resource: Resource, identitySource: string): LambdaAuthorizer {
  const { logicalId, properties } = resource;
  return {
    id: physicalId(logicalId),
    logicalId,
    functionArn: textOf(properties['AuthorizerUri']) ?? '',
    ttlSeconds: resultTtl(resource, { byDefault: 300, hasIdentity: identitySource.trim() !== '' }),
    timeoutMs: authorizerTimeoutMs,
    rules: { simple: false, structuredContext: false, principalRequired: true },
  };
}

function readJwt(
  resource: Resource,
  configuration: JsonObject,
  scopes: readonly string[],
): RestAuthorization {
  const algorithms = stringsOf(configuration['DefaultAlgorithms']);
  const authorizer: JwtAuthorizer = {
    id: physicalId(resource.logicalId),
    logicalId: resource.logicalId,
    identitySource: textOf(resource.properties['IdentitySource']) ?? 'method.request.header.Authorization',
    issuers: arrayOf(configuration['Issuers']).map((issuer) => readIssuer(objectOf(issuer), algorithms)),
    keysTtlSeconds,
    refetchesUnknownKey: true,
  };
  return { kind: 'jwt', authorizer, scopes };
}

function readIssuer(issuer: JsonObject, defaultAlgorithms: readonly string[]): JwtIssuer {
  const own = stringsOf(issuer['Algorithms']);
  return {
    issuer: textOf(issuer['Issuer']) ?? '',
    audiences: stringsOf(issuer['Audiences']),
    algorithms: own.length > 0 ? own : defaultAlgorithms,
    additionalClaims: arrayOf(issuer['AdditionalClaims']).map((claim) => readClaim(objectOf(claim))),
  };
}

/** AWS names neither the default of `Required` nor the case of `Format`: a claim is required unless it says false. */
function readClaim(claim: JsonObject): AdditionalClaim {
  const format = (textOf(claim['Format']) ?? '').toLowerCase().replaceAll('_', '-');
  return {
    name: textOf(claim['ClaimName']) ?? '',
    expectedValues: stringsOf(claim['ExpectedValues']),
    format: format === 'string-array' || format === 'space-separated-values' ? format : 'single-string',
    isRequired: booleanOf(claim['Required']) ?? true,
  };
}
