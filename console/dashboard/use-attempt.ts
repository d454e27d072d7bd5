import { useState } from 'preact/hooks';

/** Something that may fail, and why it did. */
export interface Attempts {
  /** In words; empty where nothing failed. */
  readonly fault: string;
  /** @returns whether it was done */
  readonly attempt: (what: () => Promise<unknown>) => Promise<boolean>;
}

/** Keeps the fault of the last attempt. */
export function useAttempt(): Attempts {
  const [fault, setFault] = useState('');
  const attempt = async (what: () => Promise<unknown>) => {
    setFault('');
    try {
      await what();
      return true;
    } catch (error) {
      setFault((error as Error).message);
      return false;
    }
  };
  return { fault, attempt };
}
