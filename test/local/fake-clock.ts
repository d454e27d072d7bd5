import type { Clock } from '../../local/clock.ts';

/** Time that passes when a test says so. */
export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Map<() => void, number>();

  /** @param start milliseconds since the epoch */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = (): void => callback();
    this.#timers.set(timer, this.#now + milliseconds);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass and calls back what is due, the earliest first. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, at]) => at <= end)
        .sort(([, one], [, other]) => one - other)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1]);
      due[0]();
    }
    this.#now = end;
  }
}
