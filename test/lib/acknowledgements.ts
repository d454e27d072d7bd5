/** A finding of cdk-nag's AwsSolutions pack that is as it should be. */
export interface Acknowledgement {
  /** Construct path within the stack. */
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

const publicDocument =
  'Public by RFC 8414 and OpenID Connect Discovery: verifiers read it without credentials.';

export const acknowledgements: readonly Acknowledgement[] = [
  {
    path: 'Api/POST--oauth2--token',
    rule: 'AwsSolutions-APIG4',
    reason:
      'A token endpoint (RFC 6749 §3.2) authenticates the client itself, by its secret: this is where tokens begin.',
  },
  {
    path: 'Api/POST--oauth2--revoke',
    rule: 'AwsSolutions-APIG4',
    reason: 'A revocation endpoint (RFC 7009 §2.1) authenticates the client itself, by its secret.',
  },
  {
    path: 'Api/POST--oauth2--introspect',
    rule: 'AwsSolutions-APIG4',
    reason: 'An introspection endpoint (RFC 7662 §2.1) authenticates the client itself, by its secret.',
  },
  { path: 'Api/GET--.well-known--jwks.json', rule: 'AwsSolutions-APIG4', reason: publicDocument },
  { path: 'Api/GET--.well-known--openid-configuration', rule: 'AwsSolutions-APIG4', reason: publicDocument },
  {
    path: 'Api/GET--.well-known--oauth-authorization-server',
    rule: 'AwsSolutions-APIG4',
    reason: publicDocument,
  },
  {
    path: 'Api/GET--.well-known--oauth-protected-resource',
    rule: 'AwsSolutions-APIG4',
    reason: 'Public by RFC 9728: clients read it before they have a token.',
  },
  {
    path: 'Api/GET--console',
    rule: 'AwsSolutions-APIG4',
    reason:
      'A page that is the same for everybody; what it shows of the stack comes from the admin API, which is protected.',
  },
  {
    path: 'Tokens/Rotation/DeadLetters',
    rule: 'AwsSolutions-SQS3',
    reason:
      "It is a dead-letter queue itself, EventBridge Scheduler's; the rule looks for queues that name it as theirs.",
  },
];
