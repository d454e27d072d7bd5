import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import { type HttpApi, HttpMethod, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  adminRouteKey,
  AdminRoutes,
  type KeyturnConfig,
  Outputs,
  parseConfig,
  Routes,
} from '../core/contract/index.ts';
import { EventLog } from './event-log.ts';
import { Console } from './console.ts';
import { makeFunction } from './function.ts';
import { makeHttpApi } from './http-api.ts';
import { JwtAuthorizer } from './jwt-authorizer.ts';
import { RevocationTable } from './revocation-table.ts';
import { toTokenServiceProps, toTrustedIssuer } from './stack-config.ts';
import { TokenService } from './token-service.ts';

/** How a {@link KeyturnStack} is made. */
export interface KeyturnStackProps extends StackProps {
  /** What keyturn.config.json says, parsed. @default - every default of {@link parseConfig} */
  readonly config?: KeyturnConfig;
}

/** One route of the HTTP API. */
interface RouteProps {
  readonly method: HttpMethod;
  readonly path: string;
  readonly fn: LambdaFunction;
  /** @default - anybody may call it */
  readonly authorizer?: IHttpRouteAuthorizer;
}

/** The default stack: token service, authorizer and revocation table behind one HTTP API, which is the issuer. */
export class KeyturnStack extends Stack {
  /** The API, which is the issuer. */
  readonly httpApi: HttpApi;
  /** Where revocations are kept. */
  readonly revocations: RevocationTable;
  /** Our own issuer, with its keys and clients. */
  readonly tokenService: TokenService;
  /** Protects this stack's routes, and those of other stacks of the app that it is handed to. */
  readonly authorizer: JwtAuthorizer;
  /** Serves the revocation endpoint (RFC 7009). */
  readonly revocation: LambdaFunction;
  /** Serves the introspection endpoint (RFC 7662). */
  readonly introspection: LambdaFunction;
  /** Who did what, when. */
  readonly events: EventLog;
  /** Serves the admin API, and direct invokes. */
  readonly admin: LambdaFunction;
  /** The web console; undefined where the configuration says that there is none. */
  readonly console: Console | undefined;

  /** @throws {@link ConfigError} when a function's bundle is not built */
  constructor(scope: Construct, id: string, props: KeyturnStackProps = {}) {
    const { config = parseConfig('{}', 'the default configuration'), ...stackProps } = props;
    super(scope, id, { description: 'Revocable JWTs on Amazon API Gateway (Keyturn)', ...stackProps });
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.httpApi = makeHttpApi(this, 'Api');
    this.revocations = new RevocationTable(this, 'Revocations', { removalPolicy });
    this.tokenService = new TokenService(this, 'Tokens', {
      ...toTokenServiceProps(config),
      issuer: this.httpApi.apiEndpoint,
      revocations: this.revocations,
      removalPolicy,
    });
    this.authorizer = new JwtAuthorizer(this, 'Jwt', {
      tokenService: this.tokenService,
      trustedIssuers: config.trustedIssuers.map(toTrustedIssuer),
      revocations: this.revocations,
      clockTolerance: Duration.seconds(config.clockToleranceSeconds),
      resultsCacheTtl: Duration.seconds(config.resultsCacheSeconds),
      ...(config.resultsCacheSeconds === 0 && { dpop: { replays: this.tokenService.replays } }),
    });
    this.revocation = this.#makeRevocation();
    this.introspection = this.#makeIntrospection();
    this.events = new EventLog(this, 'Events', { removalPolicy });
    this.tokenService.recordRunsIn(this.events);
    this.admin = this.#makeAdmin();
    this.#addRoutes();
    this.console = config.console ? new Console(this, 'Console', { httpApi: this.httpApi }) : undefined;
    this.#addOutputs();
  }

  #makeRevocation(): LambdaFunction {
    const fn = makeFunction(this, 'Revocation', {
      name: 'revocation',
      description: 'Revokes tokens for their clients (RFC 7009)',
    });
    this.tokenService.provideSettings(fn);
    this.authorizer.provideSettings(fn);
    this.tokenService.grantReadPublicKeys(fn);
    this.tokenService.grantAuthenticateClients(fn);
    this.tokenService.grantRevokeFamilies(fn);
    this.revocations.grantRevoke(fn);
    return fn;
  }

  #makeIntrospection(): LambdaFunction {
    const fn = makeFunction(this, 'Introspection', {
      name: 'introspection',
      description: 'Says whether tokens are active (RFC 7662)',
    });
    this.authorizer.provideSettings(fn);
    this.tokenService.grantReadPublicKeys(fn);
    this.tokenService.grantAuthenticateClients(fn);
    this.tokenService.grantReadFamilies(fn);
    this.revocations.grantCheck(fn);
    return fn;
  }

  #makeAdmin(): LambdaFunction {
    const fn = makeFunction(this, 'Admin', {
      name: 'admin',
      description: 'Serves the admin API',
    });
    this.tokenService.provideSettings(fn);
    this.authorizer.provideSettings(fn);
    this.tokenService.grantReadPublicKeys(fn);
    this.revocations.grantAdminister(fn);
    this.tokenService.grantReadIssuedTokens(fn);
    this.tokenService.grantTurnKeys(fn);
    this.tokenService.grantAdministerClients(fn);
    this.tokenService.grantIssueFor(fn);
    this.events.grantAppend(fn);
    this.events.grantRead(fn);
    return fn;
  }

  #addRoutes(): void {
    const { tokenIssue, metadata } = this.tokenService;
    const { GET, POST } = HttpMethod;
    this.#addRoute({ method: POST, path: Routes.token, fn: tokenIssue });
    this.#addRoute({ method: POST, path: Routes.revoke, fn: this.revocation });
    this.#addRoute({ method: POST, path: Routes.introspect, fn: this.introspection });
    const { jwks, openidConfiguration, oauthAuthorizationServer, oauthProtectedResource } = Routes;
    for (const path of [jwks, openidConfiguration, oauthAuthorizationServer, oauthProtectedResource]) {
      this.#addRoute({ method: GET, path, fn: metadata });
    }
    const authorizer = this.authorizer.forHttpApi();
    const whoami = makeFunction(this, 'Whoami', {
      name: 'whoami',
      description: 'Answers who the caller is, according to the authorizer',
    });
    this.#addRoute({ method: GET, path: Routes.whoami, fn: whoami, authorizer });
    this.#addAdminRoutes(authorizer);
  }

  /** All of them have one integration; each asks for a scope of its own. */
  #addAdminRoutes(authorizer: IHttpRouteAuthorizer): void {
    const integration = new HttpLambdaIntegration('Admin', this.admin);
    for (const route of Object.values(AdminRoutes)) {
      this.httpApi.addRoutes({
        methods: [HttpMethod[route.method]],
        path: route.path,
        integration,
        authorizer,
      });
      this.authorizer.requireScopes(adminRouteKey(route), [route.scope]);
    }
  }

  #addRoute({ method, path, fn, authorizer }: RouteProps): void {
    const integration = new HttpLambdaIntegration(fn.node.scope?.node.id ?? fn.node.id, fn);
    this.httpApi.addRoutes({ methods: [method], path, integration, ...(authorizer && { authorizer }) });
  }

  /** Ids are what they are called in the template; nothing is exported, so that no other stack can pin a value. */
  #addOutputs(): void {
    const { issuedTokenTable } = this.tokenService;
    type OutputId = (typeof Outputs)[keyof typeof Outputs];
    const values: Readonly<Record<Exclude<OutputId, 'IssuedTokenTable'>, string>> = {
      [Outputs.issuer]: this.tokenService.issuer,
      [Outputs.apiUrl]: this.httpApi.apiEndpoint,
      [Outputs.tokenIssueFunction]: this.tokenService.tokenIssue.functionName,
      [Outputs.keyRotationFunction]: this.tokenService.keyRotation.functionName,
      [Outputs.adminFunction]: this.admin.functionName,
      [Outputs.authorizerFunction]: this.authorizer.handler.functionName,
      [Outputs.revocationTable]: this.revocations.tableName,
      [Outputs.keySetTable]: this.tokenService.keySetTable.tableName,
      [Outputs.clientTable]: this.tokenService.clientTable.tableName,
      [Outputs.eventTable]: this.events.table.tableName,
    };
    for (const [id, value] of Object.entries(values)) addOutput(this, id, value);
    if (issuedTokenTable) addOutput(this, Outputs.issuedTokenTable, issuedTokenTable.tableName);
  }
}

function addOutput(stack: Stack, id: string, value: string): CfnOutput {
  return new CfnOutput(stack, id, { value });
}
