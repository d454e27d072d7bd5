import type { Template } from 'aws-cdk-lib/assertions';
import { readable, resourcesByPath, type TemplateResource } from './synth.ts';

/** One IAM statement, readable: `actions` sorted, `resources` as construct paths. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

/** Every statement of every role, by the role's construct path. */
export function statementsByRole(template: Template): Readonly<Record<string, readonly Statement[]>> {
  const roles = [...resourcesByPath(template, 'AWS::IAM::Role').keys()];
  const policies = [...resourcesByPath(template, 'AWS::IAM::Policy').values()];
  return Object.fromEntries(
    roles.map((role) => [
      role,
      policies
        .filter((policy) => rolesOf(template, policy).includes(`<${role}>`))
        .flatMap((policy) => toStatements(template, policy)),
    ]),
  );
}

function rolesOf(template: Template, policy: TemplateResource): readonly unknown[] {
  return list(readable(template, policy.Properties['Roles']));
}

function toStatements(template: Template, policy: TemplateResource): readonly Statement[] {
  const document: { Statement?: readonly Record<string, unknown>[] } = Object(
    policy.Properties['PolicyDocument'],
  );
  return (document.Statement ?? []).map(({ Effect, Action, Resource, Condition, ...rest }) => {
    if (Effect !== 'Allow' || Object.keys(rest).length > 0)
      throw new Error(`a statement other than a plain Allow: ${String(Effect)}`);
    return {
      actions: list(Action).map(String).sort(),
      resources: list(Resource)
        .map((resource) => String(readable(template, resource)))
        .sort(),
      ...(Condition !== undefined && { conditions: readable(template, Condition) }),
    };
  });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
