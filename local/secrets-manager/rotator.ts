import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ServiceError } from '../json-service.ts';
import type { FunctionInvoker, Log } from '../types.ts';
import { nextRotation } from './rotation-schedule.ts';
import { moveStage, unfinishedVersion, versionWith, withVersion, type Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/** What a rotation function is called for, in this order. */
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** A rotation whose step fails is tried again from the first step, this often and after these waits. */
const retryAfterMs = [1_000, 2_000, 4_000, 8_000];

/** A timer is set for no longer than this, so that a machine that slept catches up soon. */
const longestWaitMs = 60_000;

/** What rotations work with. */
export interface RotatorTools {
  readonly store: SecretStore;
  readonly invoker: FunctionInvoker;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Rotates secrets on their schedules and by request. A version that an earlier rotation left behind (`AWSPENDING`)
 * is taken up again rather than a new one begun.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export class Rotator {
  readonly #tools: RotatorTools;
  /** By ARN: the rotation that is under way. */
  readonly #running = new Map<string, Promise<void>>();
  /** By ARN: when a rotation was given up; its next time on the schedule is its next chance. */
  readonly #givenUp = new Map<string, number>();
  /** What ends each wait. */
  readonly #wakes = new Set<() => void>();
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(tools: RotatorTools) {
    this.#tools = tools;
  }

  /** Watches the schedules from now on. */
  watch(): void {
    const { clock, store } = this.#tools;
    if (this.#isStopped) return;
    this.#cancel();
    const waits = store.all().map((secret) => Math.max(1_000, this.#due(secret) - clock.now()));
    this.#cancel = clock.after(Math.min(longestWaitMs, ...waits), () => {
      for (const secret of store.all()) if (this.#due(secret) <= clock.now()) this.#rotateOnTime(secret);
      this.watch();
    });
  }

  #due(secret: Secret): number {
    if (this.#running.has(secret.arn)) return Number.POSITIVE_INFINITY;
    return nextRotation(secret, this.#givenUp.get(secret.arn)) ?? Number.POSITIVE_INFINITY;
  }

  #rotateOnTime(secret: Secret): void {
    this.#tools.log('local', `the secret ${secret.name} is due for rotation`);
    this.rotate(secret, unfinishedVersion(secret) ?? randomUUID());
  }

  /** Takes up the rotations that an earlier run did not finish. */
  resume(): void {
    for (const secret of this.#tools.store.all()) {
      const unfinished = unfinishedVersion(secret);
      const isOn = secret.rotation?.isEnabled === true && secret.deletion === undefined;
      if (isOn && unfinished !== undefined) this.rotate(secret, unfinished);
    }
  }

  /**
   * Begins a rotation to the version of a token.
   *
   * @throws {@link ServiceError} `InvalidRequestException` when another version is pending; that one is tried again.
   */
  request(secret: Secret, token: string): void {
    const unfinished = unfinishedVersion(secret);
    if (unfinished === undefined || unfinished === token) return this.rotate(secret, token);
    this.rotate(secret, unfinished);
    throw new ServiceError(
      'InvalidRequestException',
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
  }

  /** Begins a rotation, unless one of the secret is under way. */
  rotate(secret: Secret, token: string): void {
    if (this.#running.has(secret.arn)) return;
    const { store, clock } = this.#tools;
    const version = secret.versions[token] ?? { value: undefined, stages: [], createdAt: clock.now() };
    store.save(moveStage(withVersion(secret, token, version), 'AWSPENDING', token));
    const done = this.#attempt(secret.arn, token, 0).finally(() => {
      this.#running.delete(secret.arn);
      this.watch();
    });
    this.#running.set(secret.arn, done);
  }

  /** Ends after the step that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    for (const wake of this.#wakes) wake();
    await Promise.all(this.#running.values());
  }

  async #attempt(arn: string, token: string, failures: number): Promise<void> {
    const { store, log, clock } = this.#tools;
    const failed = await this.#runSteps(arn, token);
    if (this.#isStopped || !store.has(arn)) return;
    const secret = store.find(arn);
    if (failed === undefined) {
      store.save({ ...secret, rotatedAt: clock.now() });
      log('local', `the secret ${secret.name} was rotated`);
      return;
    }
    const waitMs = retryAfterMs[failures];
    const next = waitMs === undefined ? 'given up; AWSPENDING stays' : `again in ${waitMs / 1000} s`;
    log('local', `rotating the secret ${secret.name} failed: ${failed}; ${next}`);
    if (waitMs === undefined) return void this.#givenUp.set(arn, clock.now());
    await this.#wait(waitMs);
    await this.#attempt(arn, token, failures + 1);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#wakes.delete(wake);
        resolve();
      };
      const cancel = this.#tools.clock.after(milliseconds, wake);
      this.#wakes.add(wake);
    });
  }

  /** Runs all four steps; says what failed. */
  async #runSteps(arn: string, token: string): Promise<string | undefined> {
    const { store, invoker } = this.#tools;
    for (const step of steps) {
      const functionArn = store.has(arn) ? store.find(arn).rotation?.functionArn : undefined;
      if (this.#isStopped || functionArn === undefined) return `${step}: it was cancelled`;
      const event = { Step: step, SecretId: arn, ClientRequestToken: token };
      const result = await invoker.invoke(functionArn, event);
      if (!result.ok) return `${step}: ${result.error.errorType}: ${result.error.errorMessage}`;
    }
    const isCurrent = versionWith(store.find(arn), 'AWSCURRENT') === token;
    return isCurrent ? undefined : 'finishSecret did not move AWSCURRENT to the new version';
  }
}
