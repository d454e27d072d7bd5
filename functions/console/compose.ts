import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The page, as it is sent. */
export interface ConsolePage {
  /** Base64 of the gzip. */
  readonly compressed: string;
  readonly plain: string;
  /** Strong validator (RFC 9110 §8.8.3). */
  readonly etag: string;
}

/** Reads the page, which the build puts beside the bundle, once per container. */
export function compose(): ConsolePage {
  const compressed = readFileSync(path.join(__dirname, 'index.html.gz'));
  const etag = `"${createHash('sha256').update(compressed).digest('base64url')}"`;
  return { compressed: compressed.toString('base64'), plain: gunzipSync(compressed).toString(), etag };
}
