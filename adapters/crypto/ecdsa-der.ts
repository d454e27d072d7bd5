/**
 * An ECDSA signature of JOSE (RFC 7518 §3.4: r and s, of equal length) as the DER that OpenSSL takes (RFC 3279 §2.2.3).
 *
 * @param signature at most 132 bytes, an even number
 */
export function toDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const r = toInteger(signature.subarray(0, half));
  const s = toInteger(signature.subarray(half));
  const length = r.length + s.length;
  const head = length < 128 ? [0x30, length] : [0x30, 0x81, length];
  return Uint8Array.from([...head, ...r, ...s]);
}

/**
 * The way back, for a signature that a well-behaved signer made.
 *
 * @param der of a curve whose r and s have at most 55 bytes, so that every length is one byte
 * @param half length of r and of s in the answer, in bytes
 */
export function fromDer(der: Uint8Array, half: number): Uint8Array {
  const rLength = der[3] ?? 0;
  const r = der.subarray(4, 4 + rLength);
  const s = der.subarray(4 + rLength + 2);
  const signature = new Uint8Array(2 * half);
  for (const [integer, end] of [[r, half] as const, [s, 2 * half] as const]) {
    const value = integer.subarray(Math.max(0, integer.length - half));
    signature.set(value, end - value.length);
  }
  return signature;
}

/** A non-negative INTEGER: no needless leading zeros, and one where the first bit would make it negative. */
function toInteger(bytes: Uint8Array): readonly number[] {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const isPadded = ((bytes[start] ?? 0) & 0x80) !== 0;
  const value = [...(isPadded ? [0] : []), ...bytes.subarray(start)];
  return [0x02, value.length, ...value];
}
