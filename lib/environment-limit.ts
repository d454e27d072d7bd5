import { Stack } from 'aws-cdk-lib/core';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** What Lambda allows for all environment variables of a function together, in bytes of their JSON. */
const limit = 4096;

/** What is reckoned for a value that only the deployment knows: an ARN, a generated name, an endpoint. */
const unknownValueBytes = 64;

/**
 * Lets the synthesis fail when a function's environment is larger than Lambda takes, which would otherwise come to light
 * in the middle of a deployment.
 */
export function limitEnvironment(fn: LambdaFunction): void {
  fn.node.addValidation({ validate: () => findFaults(fn) });
}

function findFaults(fn: LambdaFunction): string[] {
  const resource = fn.node.defaultChild;
  if (!(resource instanceof CfnFunction)) return [];
  const environment: unknown = Stack.of(fn).resolve(resource.environment);
  const got = measure(isRecord(environment) ? environment['variables'] : undefined);
  if (got <= limit) return [];
  return [
    `environment variables: got ${got} bytes (a value that is known at deployment ` +
      `only counts as ${unknownValueBytes}); allowed: ${limit} bytes, by Lambda; require fewer or shorter scopes, ` +
      `trust fewer issuers, or split the routes between two authorizers`,
  ];
}

function measure(variables: unknown): number {
  if (!isRecord(variables)) return 0;
  const braces = 2;
  return Object.entries(variables).reduce(
    (sum, [name, value]) => sum + name.length + 6 + bytes(value),
    braces,
  );
}

/** Length of a value inside JSON, without its quotes: our settings are JSON themselves, and each quote in them counts twice. */
function bytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value)) - 2;
  const parts = joined(value);
  return parts === undefined ? unknownValueBytes : parts.reduce<number>((sum, part) => sum + bytes(part), 0);
}

/** The parts of `{"Fn::Join": ["", parts]}`, which is how CDK renders a text with unknown values inside. */
function joined(value: unknown): readonly unknown[] | undefined {
  const join = isRecord(value) ? value['Fn::Join'] : undefined;
  const parts: unknown = Array.isArray(join) ? join[1] : undefined;
  return Array.isArray(parts) ? parts : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
