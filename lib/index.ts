/** The constructs: what `import … from 'keyturn'` gives. */
export { JwtAuthorizer, type RestApiAuthorizerOptions } from './jwt-authorizer.ts';
export type { JwtAuthorizerProps } from './jwt-authorizer-props.ts';
export { KeyturnStack, type KeyturnStackProps } from './keyturn-stack.ts';
export { KeyRotationSchedule, type KeyRotationScheduleProps } from './key-rotation-schedule.ts';
export {
  type IRevocationTable,
  RevocationTable,
  type RevocationTableAttributes,
  type RevocationTableProps,
} from './revocation-table.ts';
export type { RequiredScopes } from './scope-requirements.ts';
export { TokenService } from './token-service.ts';
export type { ITokenService, TokenServiceProps } from './token-service-props.ts';
export type { TokenServiceTimes } from './token-service-settings.ts';
export { TrustedIssuer, type TrustedIssuerProps } from './trusted-issuer.ts';
export {
  ConfigError,
  type KeyturnConfig,
  parseConfig,
  type ScopeRequirement,
  type SigningAlgorithm,
} from '../core/contract/index.ts';
