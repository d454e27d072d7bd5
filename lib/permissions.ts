import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** What one function may do to one resource. */
export interface Permission {
  /** IAM actions, none with a wildcard. */
  readonly actions: readonly string[];
  readonly resourceArn: string;
  /** IAM conditions: operator → context key → value. @default - none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Adds one statement to a function's role. Constructs use it in place of CDK's `table.grantX`, which also allow what
 * Keyturn does not use (Scan, Query, ConditionCheckItem, GetRecords). It goes to the role's default policy, which the
 * function waits for, and not through `fn.addToRolePolicy`, which a feature flag turns into policies that it does not.
 */
export function allow(fn: LambdaFunction, permission: Permission): void {
  fn.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [...permission.actions],
      resources: [permission.resourceArn],
      ...(permission.conditions && { conditions: permission.conditions }),
    }),
  );
}
