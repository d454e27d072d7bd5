/**
 * Whether two texts are the same, in a time that depends on the length of `a` alone. Both sides are hashes here, so that
 * what little timing says is nothing about a secret.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % b.length);
  }
  return difference === 0;
}
