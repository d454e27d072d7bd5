import { describe, expect, it } from '@jest/globals';
import { errorAnswer, jsonAnswer } from '../../../core/oauth/answers.ts';
import { OAuthError, type OAuthErrorCode } from '../../../core/oauth/errors.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from '../../../core/oauth/metadata.ts';
import { assertionAlgorithms } from '../../../core/oauth/assertion-algorithms.ts';
import { proofAlgorithms } from '../../../core/sender/dpop.ts';
import { UnavailableError } from '../../../core/ports.ts';

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };

describe('jsonAnswer', () => {
  it('is for nobody to keep', () => {
    expect(jsonAnswer(200, { a: 1 })).toEqual({ status: 200, headers, body: '{"a":1}' });
  });
});

describe('errorAnswer', () => {
  it.each<[OAuthErrorCode, number]>([
    ['invalid_request', 400],
    ['invalid_grant', 400],
    ['unauthorized_client', 400],
    ['unsupported_grant_type', 400],
    ['invalid_scope', 400],
    ['invalid_target', 400],
    ['invalid_dpop_proof', 400],
    ['unsupported_token_type', 400],
    ['temporarily_unavailable', 503],
    ['server_error', 500],
  ])('says %s with %d', (code, status) => {
    const body = JSON.stringify({ error: code, error_description: 'why' });
    expect(errorAnswer(new OAuthError(code, 'why'))).toEqual({ status, headers, body });
  });

  it('asks for Basic where the client is not authenticated', () => {
    expect(errorAnswer(new OAuthError('invalid_client', 'why'))).toEqual({
      status: 401,
      headers: { ...headers, 'www-authenticate': 'Basic realm="oauth2"' },
      body: '{"error":"invalid_client","error_description":"why"}',
    });
  });

  it('says the status that the error names', () => {
    expect(errorAnswer(new OAuthError('invalid_request', 'why', 413)).status).toBe(413);
  });

  it('says 503 and nothing of the cause where something cannot be reached', () => {
    expect(errorAnswer(new UnavailableError('table KeyturnClients at 10.0.0.1'))).toEqual({
      status: 503,
      headers: { ...headers, 'retry-after': '1' },
      body: '{"error":"temporarily_unavailable","error_description":"try again in a moment"}',
    });
  });

  it('rethrows what it does not know', () => {
    const bug = new TypeError('a bug');
    expect(() => errorAnswer(bug)).toThrow(bug);
  });
});

const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

describe('authorizationServerMetadata', () => {
  it('lists what is on, at addresses under the issuer', () => {
    expect(authorizationServerMetadata('https://issuer.example')).toEqual({
      issuer: 'https://issuer.example',
      token_endpoint: 'https://issuer.example/oauth2/token',
      jwks_uri: 'https://issuer.example/.well-known/jwks.json',
      revocation_endpoint: 'https://issuer.example/oauth2/revoke',
      introspection_endpoint: 'https://issuer.example/oauth2/introspect',
      grant_types_supported: ['client_credentials', 'refresh_token'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      introspection_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
      ],
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      dpop_signing_alg_values_supported: proofAlgorithms,
      protected_resources: ['https://issuer.example'],
    });
  });
});

describe('protectedResourceMetadata', () => {
  it('names the authorization server of the API', () => {
    expect(protectedResourceMetadata('https://issuer.example')).toEqual({
      resource: 'https://issuer.example',
      authorization_servers: ['https://issuer.example'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: proofAlgorithms,
    });
  });
});
