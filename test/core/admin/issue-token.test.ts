import { describe, expect, it } from '@jest/globals';
import { issueToken } from '../../../core/admin/issue-token.ts';
import { issueDirectly } from '../../../core/oauth/direct-issue.ts';
import type { DirectIssueRequest } from '../../../core/contract/messages.ts';
import { client, service } from '../oauth/fixture.ts';
import { ours } from '../verify/fixture.ts';
import { administration } from './fixture.ts';

async function office() {
  const { context } = await service();
  const asked: DirectIssueRequest[] = [];
  const admin = await administration({
    issue: (request) => {
      asked.push(request);
      return issueDirectly(request, context);
    },
  });
  admin.clients.stored.set('shop', await client('shop', ['s3cret']));
  return { admin, asked, ask: (body: object) => admin.ask(issueToken, { body }) };
}

describe('issueToken', () => {
  it("answers as the token endpoint does, and records the token's jti and not the token", async () => {
    const { admin, ask } = await office();
    const answer = (await ask({ clientId: 'shop', scope: 'read' })) as { access_token: string };
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'read' });
    expect(admin.events.stored).toMatchObject([
      {
        ...{ action: 'token.issued', actor: 'ops', detail: 'in the name of shop, scope read' },
        target: { kind: 'token', issuer: ours.issuer, value: 'jti-1' },
      },
    ]);
    expect(JSON.stringify(admin.events.stored)).not.toContain(answer.access_token);
  });

  it.each<[object, number, RegExp]>([
    [{ clientId: 'nobody' }, 404, /^there is no client of this id$/],
    [{ clientId: '' }, 404, /^there is no client of this id$/],
    [{ clientId: 'shop', scope: 'read offline_access' }, 400, /no refresh token is issued here$/],
    [{ clientId: 'shop', subject: 'alice' }, 400, /^the body cannot be used; allowed: clientId/],
    [{}, 400, /^the body cannot be used/],
  ])('refuses %j and asks for nothing', async (body, status, message) => {
    const { admin, asked, ask } = await office();
    await expect(ask(body)).rejects.toMatchObject({
      code: 'invalid_request',
      status,
      message: expect.stringMatching(message),
    });
    expect([asked, admin.events.stored]).toEqual([[], []]);
  });

  it('passes on what the token service refuses', async () => {
    const { admin, ask } = await office();
    await expect(ask({ clientId: 'shop', scope: 'admin' })).rejects.toMatchObject({ name: 'OAuthError' });
    expect(admin.events.stored).toEqual([]);
  });
});
