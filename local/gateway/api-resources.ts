import { arrayOf, objectOf, type JsonObject } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { LeftOut, Resource } from '../types.ts';

/** The resources that belong to one API. */
export class ApiResources {
  readonly #resources: readonly Resource[];
  readonly #leftOut: LeftOut[];
  readonly api: Resource;

  /** @param leftOut takes what turns out not to be played */
  constructor(api: Resource, resources: readonly Resource[], leftOut: LeftOut[]) {
    const apiId = physicalId(api.logicalId);
    this.api = api;
    this.#leftOut = leftOut;
    this.#resources = resources.filter(
      ({ properties }) => properties['ApiId'] === apiId || properties['RestApiId'] === apiId,
    );
  }

  /** The API's id. */
  get apiId(): string {
    return physicalId(this.api.logicalId);
  }

  /** Those of one type, in the template's order. */
  ofType(type: string): Resource[] {
    return this.#resources.filter((resource) => resource.type === type);
  }

  /** The one of a type with an id, or undefined. */
  byId(type: string, id: unknown): Resource | undefined {
    return this.ofType(type).find(({ logicalId }) => physicalId(logicalId) === id);
  }

  /** Notes that a resource, or a part of it, is not played. */
  leaveOut({ logicalId, type }: Resource, reason: string): void {
    this.#leftOut.push({ logicalId, type, reason });
  }
}

/** The strings of a list. */
export function stringsOf(value: unknown): string[] {
  return arrayOf(value).filter((item) => typeof item === 'string');
}

/** An object's scalar values as strings. */
export function textsOf(value: unknown): Record<string, string> {
  const scalars = Object.entries(objectOf(value)).filter(([, inner]) =>
    ['string', 'number', 'boolean'].includes(typeof inner),
  );
  return Object.fromEntries(scalars.map(([key, inner]) => [key, String(inner)]));
}

/** The same as {@link textsOf}, or undefined when there is nothing in it. */
export function someTextsOf(value: unknown): Record<string, string> | undefined {
  const texts = textsOf(value);
  return Object.keys(texts).length === 0 ? undefined : texts;
}

/** An object without its undefined members: an event has no such thing. */
export function compact(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The object, or undefined when it is empty. */
export function unlessEmpty<T extends object>(object: T): T | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
