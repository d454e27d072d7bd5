import { AspectPriority, Aspects, Validations } from 'aws-cdk-lib/core';
import { Authorizer, CfnAuthorizer, CfnMethod, type IRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IConstruct } from 'constructs';
import type { TrustedIssuerSettings } from '../core/contract/index.ts';

/** Whom a REST API's own JWT authorizer believes, and what it asks for. */
export interface NativeRestAuthorizerProps {
  readonly issuers: readonly TrustedIssuerSettings[];
  /** One of which the token must hold. */
  readonly scopes: readonly string[];
}

/** `JwtConfiguration` of `AWS::ApiGateway::Authorizer`, in the case of CDK's properties. */
interface JwtConfiguration {
  readonly defaultAlgorithms: readonly string[];
  readonly issuers: readonly { readonly issuer: string; readonly audiences: readonly string[] }[];
}

/**
 * A REST API's own JWT authorizer, with the methods that name it. CDK knows neither its configuration nor the method
 * type `JWT`, nor does it let a method of that type have scopes: so this sets them on the resources.
 */
export class NativeRestAuthorizer extends Authorizer {
  readonly authorizerId: string;
  readonly #props: NativeRestAuthorizerProps;

  constructor(restApi: IRestApi, id: string, props: NativeRestAuthorizerProps) {
    super(restApi, id);
    this.#props = props;
    const resource = new CfnAuthorizer(this, 'Resource', {
      name: id,
      restApiId: restApi.restApiId,
      type: 'JWT',
      identitySource: 'method.request.header.Authorization',
    });
    setJwtConfiguration(resource, this.#configuration());
    this.authorizerId = resource.ref;
    Aspects.of(restApi).add({ visit: (node) => this.#mark(node) }, { priority: AspectPriority.MUTATING });
  }

  /** A change of issuers or scopes must make a new deployment of the API. */
  _attachToApi(restApi: IRestApi): void {
    const { latestDeployment } = restApi;
    latestDeployment?.node.addDependency(this);
    latestDeployment?.addToLogicalId({ jwt: this.#configuration(), scopes: this.#props.scopes });
  }

  /** A method that this does not reach stays of type CUSTOM, for which the authorizer has no function: it lets nothing pass. */
  #mark(node: IConstruct): void {
    if (!(node instanceof CfnMethod) || !this.#isOf(node)) return;
    node.authorizationType = 'JWT';
    if (this.#props.scopes.length > 0) node.authorizationScopes = [...this.#props.scopes];
  }

  /** A method names its authorizer by a token that stands for ours. */
  #isOf(method: CfnMethod): boolean {
    if (method.authorizerId === undefined) return false;
    const resolve = (id: string) => JSON.stringify(method.stack.resolve(id));
    return resolve(method.authorizerId) === resolve(this.authorizerId);
  }

  #configuration(): JwtConfiguration {
    const { issuers } = this.#props;
    return {
      defaultAlgorithms: [...new Set(issuers.flatMap(({ algorithms }) => algorithms))],
      issuers: issuers.map(({ issuer, audience }) => ({ issuer, audiences: audience })),
    };
  }
}

/**
 * Sets CDK's own property where this CDK has one, and the template's where it has not.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-authorizer-jwtconfiguration.html
 */
export function setJwtConfiguration(resource: CfnAuthorizer, jwtConfiguration: JwtConfiguration): void {
  if ('jwtConfiguration' in resource) {
    Object.assign(resource, { jwtConfiguration });
    return;
  }
  Validations.of(resource).acknowledge({
    id: 'CloudFormation-Validate::F3002',
    reason:
      "JwtConfiguration is newer than the resource schema of this version of CDK, so CDK's validation refuses it",
  });
  resource.addPropertyOverride('JwtConfiguration', {
    DefaultAlgorithms: jwtConfiguration.defaultAlgorithms,
    Issuers: jwtConfiguration.issuers.map(({ issuer, audiences }) => ({
      Issuer: issuer,
      Audiences: audiences,
    })),
  });
}
