import { LocalError } from '../errors.ts';
import type { FunctionInvoker, InvocationResult, Log } from '../types.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { FunctionPool } from './function-pool.ts';
import { failure } from './outcome.ts';

/**
 * The name of a function within its name, ARN (qualified or not), partial ARN, or API Gateway integration URI.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function functionNameOf(nameOrArn: string): string {
  const arn = nameOrArn
    .replace(/^arn:aws[^:]*:apigateway:.*?\/functions\//, '')
    .replace(/\/invocations$/, '');
  const match = /(?:^|:)function:([^:/]+)/.exec(arn);
  return match?.[1] ?? arn.split(':')[0] ?? arn;
}

/** All functions that are played, by name. Their definitions are made, and their instances started, when needed. */
export class Functions implements FunctionInvoker {
  readonly #log: Log;
  readonly #definitions = new Map<string, () => FunctionDefinition>();
  readonly #pools = new Map<string, FunctionPool>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a function; the definition is asked for at its first event. */
  add(name: string, definition: () => FunctionDefinition): void {
    this.#definitions.set(name, definition);
  }

  /** Whether a function of that name or ARN is played. */
  has(nameOrArn: string): boolean {
    return this.#definitions.has(functionNameOf(nameOrArn));
  }

  /**
   * Makes a function's definition, so that what is wrong with it is said now.
   *
   * @throws {@link LocalError} `FUNCTION_UNKNOWN`, or what its definition throws.
   */
  pool(nameOrArn: string): FunctionPool {
    const name = functionNameOf(nameOrArn);
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw this.#unknown(nameOrArn);
    const pool = new FunctionPool(definition(), this.#log);
    this.#pools.set(name, pool);
    return pool;
  }

  async invoke(
    nameOrArn: string,
    event: unknown,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<InvocationResult> {
    if (this.has(nameOrArn)) return await this.pool(nameOrArn).invoke(event, options.timeoutMs);
    return failure('unhandled', 'ResourceNotFoundException', this.#unknown(nameOrArn).message);
  }

  /** Ends all instances of all functions. */
  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }

  #unknown(nameOrArn: string): LocalError {
    const known = [...this.#definitions.keys()].join(', ') || 'none';
    return new LocalError(
      'FUNCTION_UNKNOWN',
      `Function not found: ${nameOrArn}. Functions played: ${known}.`,
    );
  }
}
