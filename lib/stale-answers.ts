import type { Duration } from 'aws-cdk-lib/core';
import { type AuthorizerSettings, ConfigError } from '../core/contract/index.ts';
import { checkText, wholeSeconds } from './props.ts';
import { routeKeys } from './scope-requirements.ts';

/** How old an answer about revocation may be while the table cannot be reached, by route key. */
export class StaleAnswers {
  readonly #ages = new Map<string, number>();

  /** @throws {@link ConfigError} when the route key is malformed, the age is out of range, or the route has one already */
  add(routeKey: string, age: Duration): void {
    checkText({ name: 'acceptStaleRevocationAnswers: route key', value: routeKey }, routeKeys);
    const name = `acceptStaleRevocationAnswers: ${routeKey}`;
    if (this.#ages.has(routeKey)) throw new ConfigError(`${name}: got a second age; allowed: one a route`);
    this.#ages.set(routeKey, wholeSeconds({ name, value: age, min: 1, max: 300 }));
  }

  get routeKeys(): readonly string[] {
    return [...this.#ages.keys()];
  }

  /** As the authorizer is told. */
  toSettings(): Pick<AuthorizerSettings, 'staleRevocationSeconds'> {
    return this.#ages.size === 0 ? {} : { staleRevocationSeconds: Object.fromEntries(this.#ages) };
  }
}
