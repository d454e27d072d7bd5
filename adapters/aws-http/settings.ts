import type { AwsCredentials } from './signature-v4.ts';

/** Where a service is, and who calls it. */
export interface AwsHttpSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What Lambda sets in a function's environment. `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL` name another endpoint,
 * as they do for the SDK; no profile, no metadata service and no other source is asked.
 *
 * @throws Error naming the variable that is missing
 */
export function dynamoDbSettings(env: Variables): AwsHttpSettings {
  const region = variable(env, 'AWS_REGION');
  const sessionToken = env.AWS_SESSION_TOKEN;
  return {
    region,
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? env.AWS_ENDPOINT_URL ?? serviceEndpoint('dynamodb', region),
    credentials: {
      accessKeyId: variable(env, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: variable(env, 'AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken !== undefined && sessionToken !== '' && { sessionToken }),
    },
  };
}

/** AWS's own endpoint of a service in a Region. */
export function serviceEndpoint(service: string, region: string): string {
  return `https://${service}.${region}.${domainOf(region)}`;
}

/** The DNS suffix of a Region's partition. In a partition that is not here, `AWS_ENDPOINT_URL_DYNAMODB` says it. */
function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

function variable(env: Variables, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`environment variable ${name}: got nothing; allowed: what Lambda sets in every function`);
}
