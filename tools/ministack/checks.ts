/** What was checked, a line for each. */
export class Checks {
  readonly #print: (line: string) => void;
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** @param print writes one line. Default: standard output */
  constructor(print: (line: string) => void = console.log) {
    this.#print = print;
  }

  /**
   * Runs one check: `ok <title>` where `body` returns, `FAIL <title>: <message>` where it throws. Of a message of several
   * lines the others follow, set in.
   *
   * @returns what `body` returned, or `undefined` where it threw
   */
  async check<T>(title: string, body: () => Promise<T> | T): Promise<T | undefined> {
    try {
      const result = await body();
      this.#passed += 1;
      this.#print(`ok   ${title}`);
      return result;
    } catch (error) {
      this.#failed += 1;
      this.#print(`FAIL ${title}: ${printable(error instanceof Error ? error.message : String(error))}`);
      return undefined;
    }
  }

  /** Says what was not checked, and why. */
  skip(title: string, reason: string): void {
    this.#skipped += 1;
    this.#print(`skip ${title}: ${printable(reason)}`);
  }

  /** Whether a check failed. */
  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** `N passed, N failed, N skipped` */
  summary(): string {
    return `${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`;
  }
}

/** Further lines are set in; nothing that looks like a token stays. */
function printable(text: string): string {
  const lines = text.replaceAll(/eyJ[\w-]*(?:\.[\w-]*){2,4}/g, '[token]').split(/\s*\n/);
  return lines.filter((line) => line !== '').join('\n     ');
}
