import { Lazy } from 'aws-cdk-lib/core';
import { Authorizer, type IRestApi, RequestAuthorizer, TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { ConfigError } from '../core/contract/index.ts';
import { type AuthorizerHandler, authorizerName, handlerIn } from './authorizer-handler.ts';
import { identitySources, restApiCacheKey } from './result-cache.ts';

/** Which of a REST API's two kinds of Lambda authorizer, and what it goes by. */
export interface RestAuthorizerKind {
  readonly type: 'REQUEST' | 'TOKEN';
  readonly sources: readonly string[];
}

/**
 * What CDK takes as a method's authorizer. The authorizer proper is made once the API is known, in the API's own stack.
 */
export class RestApiAuthorizer extends Authorizer {
  readonly authorizerId: string;
  readonly #find: (restApi: IRestApi) => Authorizer;
  #restApi: IRestApi | undefined;
  #authorizer: Authorizer | undefined;

  /** @param find the authorizer proper of an API */
  constructor(scope: Construct, id: string, find: (restApi: IRestApi) => Authorizer) {
    super(scope, id);
    this.#find = find;
    this.authorizerId = Lazy.string({ produce: () => this.#attached().authorizerId });
  }

  /**
   * CDK calls it for each method.
   *
   * @throws {@link ConfigError} when it is attached to an API already, and to another
   */
  _attachToApi(restApi: IRestApi): void {
    if (this.#restApi && this.#restApi.restApiId !== restApi.restApiId) {
      throw new ConfigError(
        `forRestApi: got ${restApi.node.path} besides ${this.#restApi.node.path}; allowed: one REST API; ` +
          `call forRestApi() once for each`,
      );
    }
    this.#restApi = restApi;
    this.#authorizer ??= this.#find(restApi);
    this.#authorizer._attachToApi(restApi);
  }

  #attached(): Authorizer {
    if (this.#authorizer) return this.#authorizer;
    throw new ConfigError(`${this.node.path}: got no method; allowed: one or more; give it to addMethod()`);
  }
}

/** The authorizers proper of any number of REST APIs: one for each API, kind and set of identity sources. */
export class RestApiAuthorizers {
  readonly #handler: AuthorizerHandler;
  readonly #byApi = new Map<string, Map<string, Authorizer>>();

  constructor(handler: AuthorizerHandler) {
    this.#handler = handler;
  }

  /** @throws {@link ConfigError} when answers would be kept by less than token and route */
  sources(type: RestAuthorizerKind['type'], given: readonly string[] | undefined): readonly string[] {
    if (type === 'TOKEN') return [restApiCacheKey.token];
    return identitySources(restApiCacheKey, this.#handler.resultsCacheTtl, given);
  }

  find(restApi: IRestApi, kind: RestAuthorizerKind): Authorizer {
    const ofApi = this.#byApi.get(restApi.restApiId) ?? new Map<string, Authorizer>();
    this.#byApi.set(restApi.restApiId, ofApi);
    const key = [kind.type, ...kind.sources].join();
    const authorizer = ofApi.get(key) ?? this.#make(restApi, kind, ofApi.size);
    ofApi.set(key, authorizer);
    return authorizer;
  }

  #make(restApi: IRestApi, { type, sources }: RestAuthorizerKind, index: number): Authorizer {
    const { handler, role, resultsCacheTtl } = this.#handler;
    const id = authorizerName(handler, index === 0 ? '' : `${index}`);
    const props = {
      handler: role ? handler : handlerIn(restApi, handler),
      resultsCacheTtl,
      ...(role && { assumeRole: role }),
    };
    return type === 'TOKEN'
      ? new TokenAuthorizer(restApi, id, { ...props, identitySource: restApiCacheKey.token })
      : new RequestAuthorizer(restApi, id, { ...props, identitySources: [...sources] });
  }
}
