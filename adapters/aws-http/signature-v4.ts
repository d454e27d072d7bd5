import { createHash, createHmac } from 'node:crypto';

/** Long-term, or with a session token temporary, credentials. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Whose requests, to what. */
export interface SigningScope {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** As in an ARN, for instance `dynamodb`. */
  readonly service: string;
}

/** A POST to `/`, as services of the AWS JSON protocol take them. */
export interface UnsignedRequest {
  /** In lower case, `host` among them. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs requests with AWS Signature Version 4. The derived key, which is the same for a day, is kept.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @returns the headers to send: those that were given, `x-amz-date`, `authorization` and where it applies
 *   `x-amz-security-token`
 */
export function signerV4({ credentials, region, service }: SigningScope) {
  let kept: { readonly day: string; readonly key: Buffer } = { day: '', key: Buffer.alloc(0) };
  const keyOf = (day: string): Buffer => {
    if (kept.day !== day) {
      const parts = [day, region, service, 'aws4_request'];
      const key = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`));
      kept = { day, key };
    }
    return kept.key;
  };

  return ({ headers, body, now }: UnsignedRequest): Record<string, string> => {
    const time = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    const { sessionToken } = credentials;
    const sent = {
      ...headers,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    };
    const names = Object.keys(sent).sort();
    const signed = names.join(';');
    const request = `POST\n/\n\n${canonicalHeaders(sent, names)}\n${signed}\n${sha256(body)}`;
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signature = hmac(keyOf(day), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`);
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
      `SignedHeaders=${signed}, Signature=${signature.toString('hex')}`;
    return { ...sent, authorization };
  };
}

/** One line each, trimmed, runs of spaces made one. */
function canonicalHeaders(headers: Readonly<Record<string, string>>, names: readonly string[]): string {
  return names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
