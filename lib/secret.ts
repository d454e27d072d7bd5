import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { allow } from './permissions.ts';

/** What is used of a secret: any {@link ISecret}, and CDK's class with TypeScript's `exactOptionalPropertyTypes` too. */
export interface OwnSecret extends Pick<ISecret, 'secretArn'> {
  /** ARN with the six characters at its end. @default - unknown */
  readonly secretFullArn?: string | undefined;
  /** The customer managed key that encrypts it. @default - none */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Lets a function read a secret's current value, and decrypt it where a customer managed key encrypts it. Of a secret that
 * is known without the six characters at the end of its ARN, every ARN that differs in these is meant.
 */
export function grantReadSecret(fn: LambdaFunction, secret: OwnSecret): void {
  const resourceArn = secret.secretFullArn ?? `${secret.secretArn}-??????`;
  allow(fn, { actions: ['secretsmanager:GetSecretValue'], resourceArn });
  secret.encryptionKey?.grantDecrypt(fn);
}
