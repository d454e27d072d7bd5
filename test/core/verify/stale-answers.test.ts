import { expect, it } from '@jest/globals';
import { UnavailableError } from '../../../core/ports.ts';
import { heldLookup } from '../../../core/revocation/held-reader.ts';
import { type AuthorizationRequest, decideRequest } from '../../../core/verify/decide-request.ts';
import { setStage } from './fixture.ts';

it('only the route that was named takes a stale answer; every other fails closed', async () => {
  const stage = await setStage();
  let isDown = false;
  const read = () => (isDown ? Promise.reject(new UnavailableError('down')) : Promise.resolve(new Map()));
  const context = {
    ...stage.contextWith({ read }),
    revocations: heldLookup({ read }, { isWanted: true, onAnswer: () => undefined }),
    routeScopes: {},
    staleRevocationSeconds: { 'GET /menu': 30 },
  };
  const ask = (route: AuthorizationRequest['route'], later = 0) => {
    const sender = { method: 'GET', url: 'https://api.example/menu', proofs: [] };
    const request = { authorization: [`Bearer ${stage.token()}`], tickets: [], sender, route };
    return decideRequest(request, { ...context, now: context.now + later });
  };
  expect(await ask({ routeKey: 'GET /menu' })).toMatchObject({ outcome: 'allow' });
  isDown = true;
  expect(await ask({ routeKey: 'GET /menu' }, 29)).toMatchObject({ outcome: 'allow' });
  const down = new UnavailableError('down');
  await expect(ask({ routeKey: 'GET /menu' }, 30)).rejects.toThrow(down);
  await expect(ask({ routeKey: 'POST /orders' })).rejects.toThrow(down);
  await expect(ask({ method: 'GET', path: '/menu' })).rejects.toThrow(down);
});
