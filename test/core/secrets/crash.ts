/** A process that dies right after its nth durable write. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Counts writes over several objects, and dies after one of them. */
export class Writes {
  count = 0;
  /** After which write to die, from 1. Default: never. */
  diesAfter = Infinity;

  /** The same object, whose named methods count as durable writes. */
  counted<T extends object>(target: T, methods: readonly (keyof T)[]): T {
    const written = (): void => {
      this.count += 1;
      if (this.count === this.diesAfter) throw new Crash(`died after write ${this.count}`);
    };
    return new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        const method = value.bind(object) as (...args: unknown[]) => Promise<unknown>;
        if (!methods.includes(name as keyof T)) return method;
        return async (...args: unknown[]) => {
          const result = await method(...args);
          written();
          return result;
        };
      },
    });
  }
}
