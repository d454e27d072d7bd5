import { Stack } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { signingKeyTag } from '../core/contract/index.ts';
import { allow } from './permissions.ts';

const signs = { 'kms:KeyUsage': 'SIGN_VERIFY' };

/**
 * Lets a function make signing keys in KMS, each tagged with the issuer, and end those that bear the tag. A key that is not
 * there yet has no ARN, and to tag it while it is made takes leave to tag any: what may be made is in the conditions. A
 * public key is no secret, and IAM may take five minutes to see a new tag: reading it asks for none.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
 */
export function grantSigningKeys(fn: LambdaFunction, issuer: string): void {
  const tag = { [`aws:RequestTag/${signingKeyTag}`]: issuer };
  const noOther = { 'ForAllValues:StringEquals': { 'aws:TagKeys': [signingKeyTag] } };
  const made = { StringEquals: { ...tag, ...signs }, ...noOther };
  allow(fn, { actions: ['kms:CreateKey'], resourceArn: '*', conditions: made });
  const tagged = { StringEquals: tag, ...noOther };
  allow(fn, { actions: ['kms:TagResource'], resourceArn: anyKey(fn), conditions: tagged });
  const read = { StringEquals: signs };
  allow(fn, { actions: ['kms:GetPublicKey'], resourceArn: anyKey(fn), conditions: read });
  grantUseOfSigningKeys(fn, issuer, ['kms:ScheduleKeyDeletion']);
}

/** Lets a function do this with the issuer's signing keys in KMS, known by their tag. */
export function grantUseOfSigningKeys(fn: LambdaFunction, issuer: string, actions: readonly string[]): void {
  const conditions = { StringEquals: { [`aws:ResourceTag/${signingKeyTag}`]: issuer, ...signs } };
  allow(fn, { actions, resourceArn: anyKey(fn), conditions });
}

function anyKey(fn: LambdaFunction): string {
  return Stack.of(fn).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
}
