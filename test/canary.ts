import { appendFileSync } from 'node:fs';

/**
 * Writes down a secret that a test uses, so that `tools/check-output.ts` searches for it in all that the run prints: of a
 * PEM each line but its frame. Where no KEYTURN_CANARIES names a file, nobody searches, and nothing is written.
 */
export function canary(secret: string): string {
  const file = process.env.KEYTURN_CANARIES;
  const lines = secret.split('\n').filter((line) => !line.startsWith('-----'));
  if (file !== undefined) appendFileSync(file, `${lines.join('\n')}\n`);
  return secret;
}
