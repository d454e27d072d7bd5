import { CustomResource, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { type CfnRotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type ClientRegistration, ConfigError, needsSecret, Routes } from '../core/contract/index.ts';
import type { ClientFunctions } from './client-functions.ts';
import { type ClientProps, toRegistration } from './client-props.ts';
import { addClientRotation, type ClientRotationProps } from './client-rotation.ts';
import { allow } from './permissions.ts';

/** Where a client is registered. */
export interface ClientHome {
  readonly issuer: string;
  /** The functions that register clients and rotate their secrets. */
  readonly functions: ClientFunctions;
  /** What becomes of the secret with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A client of the token service that the stack registers. A confidential client without keys of its own gets a client
 * secret: made by Secrets Manager, kept there, and in no template.
 */
export class Client extends Construct {
  readonly clientId: string;
  /** Lifetime of its access tokens, in seconds. @default - the token service's */
  readonly tokenLifetimeSeconds?: number;
  /** JSON with `client_id`, `client_secret` and `token_endpoint`; absent for a public client and one with its own keys. */
  readonly secret?: Secret;
  readonly #registration: ClientRegistration;
  readonly #resource: CustomResource;
  readonly #home: ClientHome;

  /** @throws {@link ConfigError} when a prop cannot be used */
  constructor(scope: Construct, id: string, { home, ...props }: ClientProps & { readonly home: ClientHome }) {
    super(scope, id);
    this.#home = home;
    this.clientId = props.clientId ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    if (needsSecret(props)) this.secret = this.#makeSecret();
    this.#registration = {
      ...toRegistration(this.clientId, props),
      ...(this.secret !== undefined && { secretArn: this.secret.secretArn }),
    };
    const { tokenLifetimeSeconds } = this.#registration;
    if (tokenLifetimeSeconds !== undefined) this.tokenLifetimeSeconds = tokenLifetimeSeconds;
    this.#resource = this.#register();
  }

  /** Lets a function read the client's secret (GetSecretValue). @throws {@link ConfigError} for a client without one */
  grantReadSecret(fn: LambdaFunction): void {
    allow(fn, { actions: ['secretsmanager:GetSecretValue'], resourceArn: this.#secret().secretArn });
  }

  /**
   * Rotates the client's secret on a schedule. Two are valid at a time: the new one, and until the next rotation the one
   * before, so that nobody is locked out who reads the secret again within that time.
   *
   * @throws {@link ConfigError} for a client without a secret or without client_credentials, or a period that is too short
   */
  addRotation(props: ClientRotationProps = {}): CfnRotationSchedule {
    const secret = this.#secret();
    if (!this.#registration.grants.includes('client_credentials'))
      throw new ConfigError(
        `Client.addRotation: ${this.node.path}: got no client_credentials among grants; allowed: a client that can get a ` +
          'token by itself, because a rotation tests the new secret by it',
      );
    const schedule = addClientRotation(this, { secret, functions: this.#home.functions, ...props });
    schedule.node.addDependency(this.#resource);
    return schedule;
  }

  #secret(): Secret {
    if (this.secret !== undefined) return this.secret;
    throw new ConfigError(
      `${this.node.path}: got a client without a client secret; allowed: one that is not public and brings no keys`,
    );
  }

  /** 43 letters and digits: 256 bits. */
  #makeSecret(): Secret {
    const known = { client_id: this.clientId, token_endpoint: this.#home.issuer + Routes.token };
    return new Secret(this, 'Secret', {
      description: `Client secret of ${this.clientId}`,
      generateSecretString: {
        secretStringTemplate: Stack.of(this).toJsonString(known),
        generateStringKey: 'client_secret',
        passwordLength: 43,
        excludePunctuation: true,
        requireEachIncludedType: false,
      },
      removalPolicy: this.#home.removalPolicy,
    });
  }

  #register(): CustomResource {
    const fn = this.#home.functions.registration();
    if (this.secret !== undefined)
      allow(fn, { actions: ['secretsmanager:GetSecretValue'], resourceArn: this.secret.secretArn });
    const resource = new CustomResource(this, 'Registration', {
      resourceType: 'Custom::KeyturnClient',
      serviceToken: fn.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { Registration: Stack.of(this).toJsonString(this.#registration) },
    });
    resource.node.addDependency(fn);
    return resource;
  }
}
