import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiFault, type Page } from './api.ts';

/** What was asked for: the last good answer stays while a later one fails. */
export interface Asked<T> {
  readonly data: T | undefined;
  readonly fault: string;
  readonly reload: () => Promise<void>;
}

/** Asks on arrival, whenever an input changes, and again every so many seconds while the page is looked at. */
export function useAsk<T>(ask: () => Promise<T>, inputs: readonly unknown[], everySeconds = 0): Asked<T> {
  const [data, setData] = useState<T | undefined>(undefined);
  const [fault, setFault] = useState('');
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const answer = await ask();
      if (turn.current !== mine) return;
      setData(answer);
      setFault('');
    } catch (error) {
      if (turn.current === mine) setFault(faultOf(error as Error));
    }
  }, inputs);
  useEffect(() => {
    void reload();
    if (everySeconds === 0) return undefined;
    const timer = setInterval(
      () => document.visibilityState === 'visible' && void reload(),
      everySeconds * 1000,
    );
    return () => clearInterval(timer);
  }, [reload, everySeconds]);
  return { data, fault, reload };
}

/** That a session has ended is said once, where the reader signs in again. */
function faultOf(error: Error): string {
  return error instanceof ApiFault && error.status === 401 ? '' : error.message;
}

/** A list, read as far as the reader wants it. */
export interface Pages<T> extends Asked<Page<T>> {
  /** Reads on; absent where the list has ended. */
  readonly more?: () => void;
}

/**
 * A list by its first entries, asked for again and again, and twice as many on demand.
 *
 * @param read the list up to so many entries
 */
export function usePages<T>(
  read: (count: number) => Promise<Page<T>>,
  inputs: readonly unknown[],
  { first, everySeconds }: { readonly first: number; readonly everySeconds: number },
): Pages<T> {
  const [count, setCount] = useState(first);
  useEffect(() => setCount(first), inputs);
  const list = useAsk(() => read(count), [...inputs, count], everySeconds);
  const isEnded = list.data?.next === undefined;
  return { ...list, ...(!isEnded && { more: () => setCount(2 * count) }) };
}
