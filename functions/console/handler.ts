import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { compose } from './compose.ts';

const page = compose();

/** The page's own policy allows its script and style by hash; a `meta` element cannot say who may frame it. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "frame-ancestors 'none'",
  'cache-control': 'no-cache',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'accept-encoding',
  etag: page.etag,
} as const;

/** Serves the web console: one HTML file, the same for everybody. Who may do what with it is for the admin API to say. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { 'accept-encoding': encodings = '', 'if-none-match': known } = event.headers;
  if (known === page.etag) return { statusCode: 304, headers };
  if (!/\bgzip\b/.test(encodings)) return { statusCode: 200, headers, body: page.plain };
  return {
    statusCode: 200,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: page.compressed,
    isBase64Encoded: true,
  };
}
