import { type Duration, Names, Stack } from 'aws-cdk-lib/core';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** What every API is told of the authorizer function. */
export interface AuthorizerHandler {
  readonly handler: IFunction;
  /** What API Gateway assumes to call it. @default - a permission on the function allows the API */
  readonly role?: IRole;
  /** How long API Gateway keeps an answer. */
  readonly resultsCacheTtl: Duration;
}

/** Id and name of what is made of the function in an API: unique and the same at every synthesis. */
export function authorizerName(handler: IFunction, suffix = ''): string {
  return `${Names.uniqueResourceName(handler, { maxLength: 64 - suffix.length })}${suffix}`;
}

/**
 * The function as the stack of an API sees it. The permission to call it names the API, so it belongs to the API's stack;
 * in the function's stack each of the two would wait for the other.
 */
export function handlerIn(api: IConstruct, handler: IFunction): IFunction {
  if (Stack.of(api) === Stack.of(handler)) return handler;
  const id = authorizerName(handler, 'Function');
  const existing = api.node.tryFindChild(id);
  if (existing !== undefined && isFunction(existing)) return existing;
  const { functionArn } = handler;
  return LambdaFunction.fromFunctionAttributes(api, id, { functionArn, sameEnvironment: true });
}

function isFunction(construct: IConstruct): construct is IFunction {
  return 'functionArn' in construct;
}
