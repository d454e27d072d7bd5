import { useEffect, useRef, useState } from 'preact/hooks';

/** The latest value of a promise; a slower one that was overtaken is thrown away. */
export function useLatest<T>(make: () => Promise<T>, inputs: readonly unknown[]): T | undefined {
  const [value, setValue] = useState<T | undefined>(undefined);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    make().then(
      (made) => turn.current === mine && setValue(() => made),
      () => turn.current === mine && setValue(undefined),
    );
  }, inputs);
  return value;
}

/** The time, as a NumericDate, moving on by itself. */
export function useNow(everySeconds = 1): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}
