import { App, type AppProps, Stack } from 'aws-cdk-lib/core';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { Template } from 'aws-cdk-lib/assertions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { makeFunction } from '../../lib/function.ts';
import { KeyturnStack, parseConfig } from '../../lib/index.ts';

/** One resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** An app without CDK's own template validation (seconds a process), and with construct paths in the template. */
export function makeApp(props: AppProps = {}): App {
  process.env['CDK_VALIDATION'] = 'false';
  const context = { ...CURRENTLY_RECOMMENDED_FLAGS, 'aws:cdk:enable-path-metadata': true };
  return new App({ context, ...props });
}

/** The default stack of a configuration. */
export function makeKeyturnStack(config: object = {}, app: App = makeApp()): KeyturnStack {
  return new KeyturnStack(app, 'Keyturn', { config: parseConfig(JSON.stringify(config), 'test') });
}

/** An empty stack, for one construct. */
export function makeStack(): Stack {
  return new Stack(makeApp(), 'Test');
}

/** A function to grant something to. */
export function makeGrantee(stack: Stack): LambdaFunction {
  return makeFunction(stack, 'Grantee', { name: 'whoami', description: 'gets grants' });
}

/** All resources of a type, by construct path within the stack, without CDK's `/Resource` at the end. */
export function resourcesByPath(template: Template, type: string): ReadonlyMap<string, TemplateResource> {
  const paths = pathsByLogicalId(template);
  const resources = Object.entries(allResources(template)).filter(([, resource]) => resource.Type === type);
  return new Map(resources.map(([id, resource]) => [paths.get(id) ?? id, resource]));
}

function allResources(template: Template): Readonly<Record<string, TemplateResource>> {
  return template.toJSON()['Resources'];
}

/** Construct path of every resource. */
export function pathsByLogicalId(template: Template): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(allResources(template)).map(([id, { Metadata }]) => {
      const path = Metadata?.['aws:cdk:path'] ?? id;
      return [id, path.replace(/^[^/]+\//, '').replace(/\/Resource$/, '')];
    }),
  );
}

/**
 * A value of a template as a text or structure to compare with: `Fn::GetAtt` of an ARN and `Ref` become `<path>`, other
 * attributes `<path>.Attribute`, `Fn::Join` a text.
 */
export function readable(template: Template, value: unknown): unknown {
  const paths = pathsByLogicalId(template);
  const read = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(read);
    if (typeof node !== 'object' || node === null) return node;
    const intrinsic = readIntrinsic(node);
    if (intrinsic !== undefined) return intrinsic;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, read(inner)]));
  };
  const readIntrinsic = (node: object): string | undefined => {
    const [[key, inner] = []] = Object.entries(node);
    if (key === 'Ref') return `<${paths.get(String(inner)) ?? String(inner)}>`;
    if (key === 'Fn::Join' && Array.isArray(inner)) return inner[1].map(read).map(String).join('');
    if (key !== 'Fn::GetAtt' || !Array.isArray(inner)) return undefined;
    const [id, attribute] = inner.map(String);
    return `<${paths.get(id ?? '') ?? id}${attribute === 'Arn' ? '' : `.${attribute}`}>`;
  };
  return read(value);
}

/** Environment variables of the function at a path, readable. */
export function environmentOf(
  template: Template,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const fn = resourcesByPath(template, 'AWS::Lambda::Function').get(path);
  const variables: unknown = Object(fn?.Properties['Environment']).Variables;
  return variables === undefined ? undefined : Object(readable(template, variables));
}
