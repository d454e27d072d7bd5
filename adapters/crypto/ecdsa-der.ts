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

/** A non-negative INTEGER: no needless leading zeros, and one where the first bit would make it negative. */
function toInteger(bytes: Uint8Array): readonly number[] {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const isPadded = ((bytes[start] ?? 0) & 0x80) !== 0;
  const value = [...(isPadded ? [0] : []), ...bytes.subarray(start)];
  return [0x02, value.length, ...value];
}
