import assert from 'node:assert/strict';

/** Waits until something is so; throws where it is not within `seconds`. */
export async function until(seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `not so within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
