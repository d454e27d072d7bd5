import { UsageError } from './command.ts';

/**
 * Sends a request.
 *
 * @throws {@link UsageError} where nothing answers: the address, and why
 */
export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new UsageError(`${url} does not answer: ${reasonOf(error as Error)}`, 1);
  }
}

/** `fetch` says in its cause what happened. */
function reasonOf({ message, cause }: Error): string {
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? (inner || message);
}
