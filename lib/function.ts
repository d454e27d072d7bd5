import { existsSync } from 'node:fs';
import path from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ConfigError } from '../core/contract/index.ts';
import { limitEnvironment } from './environment-limit.ts';
import { packageRoot } from './package-root.ts';

/** The bundles that this package ships, by folder in `dist/functions/`. */
export type FunctionName =
  | 'admin'
  | 'authorizer'
  | 'authorizer-secrets'
  | 'cache-flush'
  | 'client-registration'
  | 'console'
  | 'introspection'
  | 'key-rotation'
  | 'metadata'
  | 'revocation'
  | 'scheduled-issue'
  | 'secret-rotation'
  | 'ticket'
  | 'token-issue'
  | 'whoami';

/** How one of Keyturn's functions is made. */
export interface FunctionOptions {
  /** Which bundle it runs. */
  readonly name: FunctionName;
  /** What the Lambda console shows. */
  readonly description: string;
  /** Memory in MiB; Lambda gives CPU in proportion. @default 512 */
  readonly memorySize?: number;
  /** How long one event may take. @default Duration.seconds(10) */
  readonly timeout?: Duration;
  /** Environment variables that no grant sets. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long log lines are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/**
 * Makes a Lambda function with a log group and a role of its own. The role may write to that log group and to no other;
 * everything else comes from grants.
 *
 * Log lines are JSON already and some are embedded metrics, which Lambda's JSON log format would wrap and so hide from
 * CloudWatch: therefore plain text.
 *
 * @throws {@link ConfigError} when the bundle is not built
 */
export function makeFunction(scope: Construct, id: string, options: FunctionOptions): LambdaFunction {
  const home = new Construct(scope, id);
  const logGroup = new LogGroup(home, 'Logs', {
    retention: options.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const fn = new LambdaFunction(home, 'Function', {
    description: options.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(bundleFolder(options.name)),
    role: makeRole(home, logGroup),
    logGroup,
    loggingFormat: LoggingFormat.TEXT,
    memorySize: options.memorySize ?? 512,
    timeout: options.timeout ?? Duration.seconds(10),
    environment: { ...options.environment },
  });
  limitEnvironment(fn);
  return fn;
}

function makeRole(home: Construct, logGroup: LogGroup): Role {
  const role = new Role(home, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  return role;
}

function bundleFolder(name: FunctionName): string {
  const folder = path.join(packageRoot(), 'dist', 'functions', name);
  if (existsSync(path.join(folder, 'index.js'))) return folder;
  throw new ConfigError(
    `the bundle of the function ${name} is not built: got no index.js in ${folder}; build it with "npm run build"`,
  );
}
