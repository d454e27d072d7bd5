import { devNull, tmpdir } from 'node:os';
import { arn } from '../template/identity.ts';
import { numberOf, objectOf, textOf } from '../json.ts';
import { region, type Resource } from '../types.ts';

/** A function of the template, ready to run. */
export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The folder that holds its code. */
  readonly directory: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  /** Megabytes. */
  readonly memorySize: number;
  /** Events at once; undefined when none are reserved. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the local AWS services listen. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly kms: string;
  readonly secretsmanager: string;
  /** API Gateway's control plane. */
  readonly apigateway: string;
  readonly lambda: string;
}

/** Translates `AWS::Lambda::Function`, with CloudFormation's defaults: 3 s, 128 MB. */
export function functionDefinition(
  resource: Resource,
  name: string,
  { directory, endpoints }: { readonly directory: string; readonly endpoints: Endpoints },
): FunctionDefinition {
  const { properties, logicalId } = resource;
  const memorySize = numberOf(properties.MemorySize) ?? 128;
  const handler = textOf(properties.Handler) ?? 'index.handler';
  const runtime = textOf(properties.Runtime) ?? 'nodejs24.x';
  const own = objectOf(objectOf(properties.Environment).Variables);
  return {
    logicalId,
    name,
    arn: arn('lambda', `function:${name}`),
    directory,
    handler,
    runtime,
    timeoutSeconds: numberOf(properties.Timeout) ?? 3,
    memorySize,
    reservedConcurrency: numberOf(properties.ReservedConcurrentExecutions),
    environment: {
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, String(value)])),
      ...reserved({ name, memorySize, handler, runtime, directory }),
      ...endpointVariables(endpoints),
    },
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function reserved(of: {
  readonly name: string;
  readonly memorySize: number;
  readonly handler: string;
  readonly runtime: string;
  readonly directory: string;
}): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: of.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(of.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${of.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: `AWS_Lambda_${of.runtime}`,
    LAMBDA_TASK_ROOT: of.directory,
    _HANDLER: of.handler,
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    PATH: process.env.PATH ?? '',
  };
}

/**
 * Leads the SDK to this machine. A service that is not played leads to an endpoint that says so, rather than to AWS;
 * the host's own AWS configuration is out of sight.
 */
function endpointVariables(endpoints: Endpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoints.lambda,
    AWS_ENDPOINT_URL_API_GATEWAY: endpoints.apigateway,
    AWS_ENDPOINT_URL_APIGATEWAYV2: endpoints.apigateway,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    AWS_ENDPOINT_URL_KMS: endpoints.kms,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    HOME: tmpdir(),
  };
}
