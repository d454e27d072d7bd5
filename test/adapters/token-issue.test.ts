import { describe, expect, it } from '@jest/globals';
import { FunctionError } from '../../adapters/lambda/invoke.ts';
import { tokenIssuer } from '../../adapters/lambda/token-issue.ts';
import { UnavailableError } from '../../core/ports.ts';

const request = { action: 'issue', clientId: 'shop' } as const;
const issue = (end: unknown) => tokenIssuer('issue', () => Promise.reject(end))(request);
const ended = (type: string) => new FunctionError('function issue', type, 'why');

describe('tokenIssuer', () => {
  it('hands the request on, and the answer back', async () => {
    const answer = { access_token: 't', token_type: 'Bearer', expires_in: 900 };
    const asked: object[] = [];
    const invoke = (event: object) => {
      asked.push(event);
      return Promise.resolve(answer);
    };
    expect(await tokenIssuer('issue', invoke)(request)).toBe(answer);
    expect(asked).toEqual([request]);
  });

  it.each([
    ['OAuthError', { name: 'OAuthError', code: 'invalid_request', status: 400, message: 'why' }],
    ['TypeError', { name: 'FunctionError', message: 'function issue refused: TypeError: why' }],
  ])('turns %s into what the caller can act on', async (type, expected) => {
    await expect(issue(ended(type))).rejects.toMatchObject(expected);
  });

  it('lets what never reached the function through', async () => {
    const error = new UnavailableError('no answer');
    await expect(issue(error)).rejects.toBe(error);
  });
});
