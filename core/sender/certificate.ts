import { base64url } from 'jose';

const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/**
 * The `x5t#S256` of a certificate: base64url SHA-256 of its DER form (RFC 8705 §3.1).
 *
 * @param certificate PEM, as API Gateway hands it over
 * @returns the thumbprint, or `undefined` where it is no PEM certificate
 */
export async function certificateThumbprint(certificate: string): Promise<string | undefined> {
  const encoded = pem.exec(certificate)?.[1]?.replaceAll(/\s/g, '');
  if (encoded === undefined) return undefined;
  const der = decode(encoded);
  return der && base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', der)));
}

function decode(encoded: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
