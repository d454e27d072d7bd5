import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

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
      if (turn.current === mine) setFault((error as Error).message);
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
