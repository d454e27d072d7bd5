import { beforeEach, describe, expect, it } from '@jest/globals';
import { hashSecret, isSecretOf } from '../../../core/issue/client-secret.ts';
import {
  registerClient,
  type RegistrationContext,
  unregisterClient,
} from '../../../core/secrets/registration.ts';
import { now } from '../issuer.ts';
import { client } from '../oauth/fixture.ts';
import { MemoryClients, MemorySecrets } from '../stores.ts';

const secretArn = 'arn:secret';
const wanted = { clientId: 'shop', grants: ['client_credentials'], scopes: ['read'], secretArn } as const;

let clients: MemoryClients;
let context: RegistrationContext;
beforeEach(async () => {
  clients = new MemoryClients();
  const secrets = new MemorySecrets();
  const text =
    '{"client_id":"shop","client_secret":"first","token_endpoint":"https://i.example/oauth2/token"}';
  await secrets.put(secretArn, { versionId: 'v1', stage: 'AWSCURRENT', text });
  context = { clients, secrets, owner: 'stack A', now };
});

describe('registerClient', () => {
  it('makes the client with the hash of its secret', async () => {
    await registerClient(wanted, context);
    const secrets = [{ hash: await hashSecret('first'), createdAt: now }];
    expect(clients.stored.get('shop')).toEqual({
      ...{ ...wanted, owner: 'stack A', secrets, createdAt: now, version: 1 },
    });
  });

  it('changes what the stack says and nothing else, however often', async () => {
    await registerClient(wanted, context);
    const before = clients.stored.get('shop');
    const rotated = { ...before, secrets: [], disabled: true } as never;
    clients.stored.set('shop', rotated);
    const change = { ...wanted, scopes: ['read', 'write'] };
    await registerClient(change, { ...context, now: now + 9 });
    await registerClient(change, { ...context, now: now + 9 });
    expect(clients.stored.get('shop')).toMatchObject({
      ...{ scopes: ['read', 'write'], secrets: [], disabled: true, createdAt: now, version: 3 },
    });
  });

  it('makes a client without a secret of its own', async () => {
    await registerClient({ ...wanted, clientId: 'spa', secretArn: undefined } as never, context);
    expect(clients.stored.get('spa')?.secrets).toEqual([]);
    expect(await isSecretOf(clients.stored.get('spa'), '')).toBe(false);
  });

  it('takes no client over that another owner made', async () => {
    const mine = await client('shop', ['mine']);
    clients.stored.set('shop', mine);
    await expect(registerClient(wanted, context)).rejects.toThrow(
      'the client id shop is taken: got a client that an administrator made; allowed: an id that no other client has',
    );
    clients.stored.set('shop', { ...mine, owner: 'stack B' });
    await expect(registerClient(wanted, context)).rejects.toThrow('got a client that stack B made');
    await unregisterClient('shop', context);
    expect(clients.stored.get('shop')).toEqual({ ...mine, owner: 'stack B' });
  });
});

describe('unregisterClient', () => {
  it('deletes the own client, once and again', async () => {
    await registerClient(wanted, context);
    await unregisterClient('shop', context);
    await unregisterClient('shop', context);
    expect(clients.stored.size).toBe(0);
  });
});
