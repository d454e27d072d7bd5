/** Output ids of the default stack, by which the command line finds what was deployed. */
export const Outputs = {
  /** The exact `iss`, no trailing slash. */
  issuer: 'Issuer',
  /** Base URL of the HTTP API, no trailing slash. */
  apiUrl: 'ApiUrl',
  /** Names of functions. */
  tokenIssueFunction: 'TokenIssueFunction',
  keyRotationFunction: 'KeyRotationFunction',
  adminFunction: 'AdminFunction',
  authorizerFunction: 'AuthorizerFunction',
  /** Names of tables. */
  revocationTable: 'RevocationTable',
  keySetTable: 'KeySetTable',
  clientTable: 'ClientTable',
  issuedTokenTable: 'IssuedTokenTable',
  eventTable: 'EventTable',
} as const;
