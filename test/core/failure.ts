/** The error of a call as the two things that are promised of it: what kind it is and what it says. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** @throws Error where the call succeeds */
export async function failureOf(call: () => unknown): Promise<Failure> {
  try {
    await call();
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('expected a failure, got none');
}
