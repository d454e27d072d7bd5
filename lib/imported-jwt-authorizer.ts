import { ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib/core';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ConfigError, Outputs } from '../core/contract/index.ts';
import { refusalKinds, resultsCacheTtlOf } from './jwt-authorizer-props.ts';
import type { AuthorizerHandler } from './authorizer-handler.ts';
import { JwtAuthorizerBase, type RestApiAuthorizerOptions } from './jwt-authorizer-base.ts';
import { checkText } from './props.ts';
import { isCached } from './result-cache.ts';

/** What identifies an authorizer that another app, stack or account made. */
export interface JwtAuthorizerAttributes {
  /** ARN of the authorizer function. */
  readonly functionArn: string;
  /** What API Gateway assumes to call the function. @default - a permission on the function allows the API */
  readonly role?: IRole;
  /**
   * Whether the function is in this stack's account. If not, and without a role, its owner must let this account's APIs
   * call it: {@link JwtAuthorizer.grantInvokeToApisOf}.
   *
   * @default true
   */
  readonly sameAccount?: boolean;
  /**
   * How long API Gateway keeps an answer, up to an hour. It saves invocations and delays every revocation by as much. Where
   * tokens are bound to their sender, make the authorizer itself with a `resultsCacheTtl`: it then refuses these, which a kept
   * answer would let anybody use.
   *
   * @default Duration.seconds(0), not at all
   */
  readonly resultsCacheTtl?: Duration;
  /** What the authorizer's own `refusals` says. @default 'unauthorized' */
  readonly refusals?: 'unauthorized' | 'deny';
}

const functionArns = {
  holds: (value: string) => /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(value),
  allowed: 'the ARN of a Lambda function, a version or an alias',
  mend: 'the stack that made the authorizer knows it as handler.functionArn',
};

/**
 * An authorizer whose function is elsewhere. Scopes of routes are in that function's settings, so they are required where
 * it is made.
 */
export class ImportedJwtAuthorizer extends JwtAuthorizerBase {
  protected readonly called: AuthorizerHandler;
  protected readonly isDenying: boolean;

  /** @throws {@link ConfigError} when an attribute cannot be used */
  constructor(scope: Construct, id: string, attributes: JwtAuthorizerAttributes) {
    super(scope, id);
    const { functionArn, role, sameAccount = true, resultsCacheTtl = Duration.seconds(0) } = attributes;
    checkText({ name: 'JwtAuthorizer.functionArn', value: functionArn }, functionArns);
    resultsCacheTtlOf({ resultsCacheTtl });
    const { refusals = 'unauthorized' } = attributes;
    checkText({ name: 'JwtAuthorizer.refusals', value: refusals }, refusalKinds);
    const needsPermission = sameAccount && role === undefined;
    const handler = LambdaFunction.fromFunctionAttributes(this, 'Function', {
      functionArn,
      sameEnvironment: needsPermission,
      skipPermissions: !needsPermission,
    });
    this.called = { handler, resultsCacheTtl, ...(role && { role }) };
    this.isDenying = refusals === 'deny';
  }

  override forRestApi(options: RestApiAuthorizerOptions = {}): ReturnType<JwtAuthorizerBase['forRestApi']> {
    if (options.type !== 'TOKEN' || !isCached(this.called.resultsCacheTtl)) return super.forRestApi(options);
    throw new ConfigError(
      "forRestApi: got type 'TOKEN' with a resultsCacheTtl; allowed: type REQUEST, because API Gateway would apply one " +
        "route's answer to all, whatever scopes the authorizer asks for where it is made; leave the type out, or " +
        'resultsCacheTtl',
    );
  }
}

const functionNames = {
  holds: (value: string) => /^[A-Za-z0-9_-]{1,64}$/.test(value),
  allowed: '1 to 64 letters, digits, "_" and "-" (the name, not the ARN)',
  mend: 'for an ARN, a version or an alias use fromAuthorizerAttributes()',
};

/**
 * ARN of a function of the same account and Region.
 *
 * @throws {@link ConfigError} when it cannot be the name of a function
 */
export function functionArnOf(scope: Construct, functionName: string): string {
  checkText({ name: 'JwtAuthorizer.functionName', value: functionName }, functionNames);
  return Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

const stackNames = {
  holds: (value: string) => /^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(value),
  allowed: 'a letter, then up to 127 letters, digits and "-" (the name, not the ARN)',
  mend: "it is what the default stack's stackName says",
};

/**
 * Name of the authorizer function of a default stack, which the deployment reads from that stack's outputs.
 *
 * @throws {@link ConfigError} when it cannot be the name of a stack
 */
export function functionNameIn(stackName: string): string {
  checkText({ name: 'JwtAuthorizer.stackName', value: stackName }, stackNames);
  return Fn.getStackOutput(stackName, Outputs.authorizerFunction);
}
