/** The constructs: what `import … from 'keyturn'` gives. */
export { CacheFlush, type CacheFlushProps, type CachingApi } from './cache-flush.ts';
export { Client } from './client.ts';
export type { ClientProps } from './client-props.ts';
export type { ClientRotationProps } from './client-rotation.ts';
export { ScheduledIssue, type ScheduledIssueProps } from './scheduled-issue.ts';
export { TickSchedule, type TickScheduleProps } from './tick-schedule.ts';
export { Console, type ConsoleProps } from './console.ts';
export { EventLog, type EventLogProps } from './event-log.ts';
export type { RefusedMetricOptions } from './metrics.ts';
export type { AnyRestApi, GatewayResponsesOptions } from './gateway-responses.ts';
export type { JwtAuthorizerAttributes } from './imported-jwt-authorizer.ts';
export { JwtAuthorizer, type ScopedAuthorizerOptions } from './jwt-authorizer.ts';
export type {
  ApiAuthorizerOptions,
  IJwtAuthorizer,
  RestApiAuthorizerOptions,
} from './jwt-authorizer-base.ts';
export type { NativeHttpApiOptions, UnrevocableAuthorizers } from './native-authorizers.ts';
export type { NativeAuthorizerOptions } from './native-limits.ts';
export type { DpopProps, JwtAuthorizerProps } from './jwt-authorizer-props.ts';
export type { OwnSecret } from './secret.ts';
export type { OwnTable } from './own-table.ts';
export { KeyturnStack, type KeyturnStackProps } from './keyturn-stack.ts';
export { KeyRotationSchedule, type KeyRotationScheduleProps } from './key-rotation-schedule.ts';
export { ReplayTable, type ReplayTableProps } from './replay-table.ts';
export {
  type IRevocationTable,
  RevocationTable,
  type RevocationTableAttributes,
  type RevocationTableProps,
} from './revocation-table.ts';
export type { RequiredScopes, RouteReference } from './scope-requirements.ts';
export { TokenService } from './token-service.ts';
export type { TokenServiceAttributes } from './token-service-base.ts';
export type { ITokenService, TokenServiceProps } from './token-service-props.ts';
export type { TokenServiceTimes } from './token-service-settings.ts';
export type { Auth0Props, CognitoProps, EntraProps, OktaProps } from './identity-providers.ts';
export { TrustedIssuer } from './trusted-issuer.ts';
export type { SharedSecretProps, StaticKeysProps } from './issuer-keys.ts';
export type {
  IssuerProps,
  OidcProps,
  TrustedIssuerOptions,
  TrustedIssuerProps,
} from './trusted-issuer-props.ts';
export {
  type ClaimRequirement,
  ConfigError,
  type GrantType,
  type KeyCustody,
  type KeyturnConfig,
  parseConfig,
  type ScopeRequirement,
  type SecretAlgorithm,
  type SigningAlgorithm,
  type TrustedIssuerSettings,
  type VerificationAlgorithm,
} from '../core/contract/index.ts';
