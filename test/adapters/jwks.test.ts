import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { jwkSetFetcher } from '../../adapters/http/jwks.ts';
import { UnavailableError } from '../../core/ports.ts';
import { freePort } from '../engines.ts';
import { serve, type TestServer } from './http-server.ts';

const jwkSet = { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] };
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const answering =
  (body: string | Buffer, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

/** Sends `bytes` spaces, a little at a time. */
function drip(response: ServerResponse, bytes: number, everyMs: number): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '.repeat(bytes)), everyMs);
  response.on('close', () => clearInterval(timer));
}

async function failureOf(address: string): Promise<{ error: unknown; ms: number }> {
  const begun = performance.now();
  const error = await jwkSetFetcher()
    .fetch(address)
    .catch((caught: unknown) => caught);
  return { error, ms: performance.now() - begun };
}

describe('jwkSetFetcher', () => {
  it.each<[string, RequestListener]>([
    ['with its length', answering(JSON.stringify(jwkSet))],
    ['whatever its content type', answering(JSON.stringify(jwkSet), 200, { 'content-type': 'text/plain' })],
    ['of exactly 150,000 bytes', answering(JSON.stringify(jwkSet).padEnd(150_000))],
    ['in pieces', (_, response) => void (response.write(' '), response.end(JSON.stringify(jwkSet)))],
  ])('fetches a JWK Set %s', async (_, listener) => {
    server = await serve(listener);
    expect(await jwkSetFetcher().fetch(`${server.url}/jwks?tenant=1`)).toEqual(jwkSet);
    expect(server.received[0]).toMatchObject({ method: 'GET', url: '/jwks?tenant=1', body: '' });
  });

  it.each(['', '/'])('asks the metadata of an issuer that ends in "%s" where its JWK Set is', async (end) => {
    const served: Record<string, object> = { '/realm/keys': jwkSet };
    server = await serve(({ url }, response) => void response.end(JSON.stringify(served[url ?? ''])));
    const issuer = `${server.url}/realm`;
    served['/realm/.well-known/openid-configuration'] = {
      issuer: issuer + end,
      jwks_uri: `${issuer}/keys`,
    };
    expect(await jwkSetFetcher().fetch(`${issuer}/.well-known/openid-configuration`)).toEqual(jwkSet);
  });

  it.each<[string, object, string]>([
    [
      'of another issuer',
      { issuer: 'https://other.example', jwks_uri: '/keys' },
      'metadata of another issuer',
    ],
    ['without an issuer', { jwks_uri: 'https://other.example/keys' }, 'metadata of another issuer'],
    ['without a jwks_uri', { issuer: 'own' }, 'metadata without a jwks_uri'],
    ['with a jwks_uri that is none', { issuer: 'own', jwks_uri: '/keys' }, 'metadata without a jwks_uri'],
    [
      'with plain http to another host',
      { issuer: 'own', jwks_uri: 'http://192.0.2.1/keys' },
      'jwks_uri of plain http',
    ],
    ['that is a JWK Set', jwkSet, 'metadata of another issuer'],
  ])('refuses metadata %s', async (_, metadata, message) => {
    server = await serve((_, response) => {
      const own = 'issuer' in metadata && metadata.issuer === 'own' ? { issuer: server?.url } : {};
      response.end(JSON.stringify({ ...metadata, ...own }));
    });
    const { error } = await failureOf(`${server.url}/.well-known/openid-configuration`);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).message).toContain(message);
  });

  it('asks nothing on this machine that the metadata of a server elsewhere points to', async () => {
    const runtime = await serve(answering(JSON.stringify(jwkSet)));
    server = await serve((_, response) => {
      response.end(JSON.stringify({ issuer: server?.url, jwks_uri: `${runtime.url}/invocation/next` }));
    });
    const { error } = await failureOf(`${server.url}/.well-known/openid-configuration`);
    await runtime.close();
    expect(String(error)).toContain('got metadata with a jwks_uri of plain http; allowed: https');
    expect(runtime.received).toEqual([]);
  });

  it('fetches a set without keys', async () => {
    server = await serve(answering('{"keys":[]}'));
    expect(await jwkSetFetcher().fetch(server.url)).toEqual({ keys: [] });
  });

  it.each<[string, RequestListener, string]>([
    [
      'a redirect',
      answering('', 302, { location: '/elsewhere' }),
      'got status 302; allowed: 200, redirects are not followed',
    ],
    ['a 503 with a JWK Set', answering(JSON.stringify(jwkSet), 503), 'got status 503; allowed: 200'],
    ['a 204', answering('', 204), 'got status 204'],
    [
      'a body over the limit',
      answering(JSON.stringify(jwkSet).padEnd(150_001)),
      'got an answer of more than 150000 bytes',
    ],
    [
      'a body without an end',
      (_, response) => drip(response, 50_000, 5),
      'got an answer of more than 150000 bytes',
    ],
    [
      'a body that is not JSON',
      answering('<html>cabbage</html>'),
      'got a body that is not JSON; allowed: a JWK Set',
    ],
    [
      'a body that is not UTF-8',
      answering(Buffer.from('{"keys":[],"note":"\xff"}', 'latin1')),
      'got a body that is not JSON',
    ],
    ['an empty body', answering(''), 'got a body that is not JSON'],
    [
      'no keys',
      answering('{"jwks":[]}'),
      'got JSON of another kind; allowed: an object whose keys is an array of objects',
    ],
    ['keys that are no array', answering('{"keys":{}}'), 'got JSON of another kind'],
    ['a key that is no object', answering('{"keys":[{},"cabbage"]}'), 'got JSON of another kind'],
    ['a key that is an array', answering('{"keys":[[]]}'), 'got JSON of another kind'],
    ['an array', answering('[]'), 'got JSON of another kind'],
    ['null', answering('null'), 'got JSON of another kind'],
    ['a reset', (request) => void request.socket.resetAndDestroy(), ''],
    [
      'half an answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{');
        setTimeout(() => request.socket.destroy(), 20);
      },
      '',
    ],
  ])('refuses %s, naming the address and not the content', async (_, listener, message) => {
    server = await serve(listener);
    const { error } = await failureOf(`${server.url}/jwks?key=secret`);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain(`UnavailableError: JWK Set of ${server.url}/jwks: ${message}`);
    expect(String(error)).not.toMatch(/cabbage|secret/);
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, RequestListener]>([
    ['nothing', () => undefined],
    ['a body a byte at a time', (_, response) => drip(response, 1, 100)],
  ])('gives up after 1.5 s on %s', async (_, listener) => {
    server = await serve(listener);
    const { error, ms } = await failureOf(server.url);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain('no whole answer within 1500 ms');
    expect(ms).toBeGreaterThan(1400);
    expect(ms).toBeLessThan(2000);
  });

  it('is unavailable where nothing listens', async () => {
    const { error } = await failureOf(`http://127.0.0.1:${await freePort()}/jwks`);
    expect(String(error)).toMatch(/^UnavailableError: JWK Set of .*: connect ECONNREFUSED/);
  });

  it('speaks TLS to an https address', async () => {
    server = await serve(answering(JSON.stringify(jwkSet)));
    const { error } = await failureOf(server.url.replace('http:', 'https:'));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(server.received).toHaveLength(0);
  });

  it.each([
    'http://issuer.example/jwks',
    'http://127.0.0.1.issuer.example/',
    'http://0.0.0.0/',
    'http://[::2]/',
  ])('does not send plain http to %s', async (address) => {
    const { error } = await failureOf(address);
    expect(String(error)).toContain('allowed: https, or http on a loopback address');
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:application/json,{"keys":[]}', 'not an address'])(
    'refuses the address %s',
    async (address) => {
      expect((await failureOf(address)).error).toBeInstanceOf(UnavailableError);
    },
  );
});
