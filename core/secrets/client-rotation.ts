import type { Client, ClientSecret } from '../issue/client.ts';
import { hashSecret, newSecret } from '../issue/client-secret.ts';
import type { ClientStore, SecretVersions } from '../ports.ts';
import type { RandomBytes } from '../refresh/family.ts';
import { type ClientSecretValue, readClientSecret } from './client-secret-value.ts';

/** The steps of a rotation, in the order in which Secrets Manager asks for them. */
export type RotationStep = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

/** One step of one rotation. */
export interface RotationRequest {
  readonly step: RotationStep;
  /** ARN of the secret. */
  readonly secretId: string;
  /** The version that the rotation makes. */
  readonly versionId: string;
}

/** What rotating client secrets works with. */
export interface ClientRotationContext {
  readonly secrets: SecretVersions;
  readonly clients: Pick<ClientStore, 'get' | 'replace'>;
  readonly randomBytes: RandomBytes;
  /** Gets a token with a client's secret, over HTTP as the client does. Rejects where it gets none. */
  readonly requestToken: (credentials: ClientSecretValue) => Promise<void>;
  /** NumericDate, read once. */
  readonly now: number;
}

type Step = (request: RotationRequest, context: ClientRotationContext) => Promise<void>;

const steps: Readonly<Record<RotationStep, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/**
 * Takes one step of the rotation of a client's secret. Each can be taken again, whatever came of it the first time. The
 * secret that was current stays valid until the next rotation, so that nobody who still holds it is locked out.
 *
 * @throws Error where the version is not the pending one, or secret and client do not belong together
 * @throws UnavailableError where a table or Secrets Manager cannot be reached
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export async function rotateClientSecret(
  request: RotationRequest,
  context: ClientRotationContext,
): Promise<void> {
  if (await isPending(request, context.secrets)) await steps[request.step](request, context);
}

/**
 * Whether the rotation to a version is under way, rather than done.
 *
 * @throws Error where it is neither: nobody began it, or a later one came after it
 */
async function isPending(
  { secretId, versionId }: RotationRequest,
  secrets: SecretVersions,
): Promise<boolean> {
  const stages = (await secrets.stages(secretId)).get(versionId) ?? [];
  if (stages.includes('AWSCURRENT')) return false;
  if (stages.includes('AWSPENDING')) return true;
  throw new Error(
    `secret ${secretId}: got version ${versionId}, which is not AWSPENDING; allowed: a version that ` +
      'Secrets Manager has begun to rotate to',
  );
}

/** Makes a new secret, once. */
async function createSecret(
  { secretId, versionId }: RotationRequest,
  { secrets, randomBytes }: ClientRotationContext,
): Promise<void> {
  if ((await secrets.get(secretId, { stage: 'AWSPENDING', versionId })) !== undefined) return;
  const current = readClientSecret(await valueOf(secretId, 'AWSCURRENT', secrets), secretId);
  const text = JSON.stringify({ ...current, client_secret: newSecret(randomBytes) });
  await secrets.put(secretId, { stage: 'AWSPENDING', versionId, text });
}

/**
 * Lets the client have it, beside the current one. A secret that an administrator dropped does not come back.
 *
 * What a client may have follows from what Secrets Manager says after the client was read. So a step that is delivered twice,
 * and overtaken by a later rotation, sees that rotation or finds the client changed; else it would take a secret in use away:
 *
 *     late      read v1, v2 ────────────────────────────────────────────▶ the client keeps v1 and v2
 *     others                  v2 is current ── v3 is set, and current      (v3 gets no token)
 */
async function setSecret(
  request: RotationRequest,
  { secrets, clients, now }: ClientRotationContext,
): Promise<void> {
  const { secretId } = request;
  const pending = readClientSecret(await valueOf(secretId, 'AWSPENDING', secrets), secretId);
  for (;;) {
    const client = await ownerOf(secretId, pending.client_id, clients);
    const current = readClientSecret(await valueOf(secretId, 'AWSCURRENT', secrets), secretId);
    if (!(await isPending(request, secrets))) return;
    const hashes = [
      await hashSecret(current.client_secret),
      await hashSecret(pending.client_secret),
    ] as const;
    const next = withSecrets(client.secrets, hashes, now);
    if (JSON.stringify(next) === JSON.stringify(client.secrets)) return;
    if (await clients.replace({ ...client, secrets: next, version: client.version + 1 })) return;
  }
}

function withSecrets(
  secrets: readonly ClientSecret[],
  [current, pending]: readonly [string, string],
  now: number,
): readonly ClientSecret[] {
  const kept = secrets.filter(({ hash }) => hash === current || hash === pending);
  return kept.some(({ hash }) => hash === pending) ? kept : [...kept, { hash: pending, createdAt: now }];
}

/** Whoever may write a secret may not thereby rotate the secret of another client. */
async function ownerOf(
  secretId: string,
  clientId: string,
  clients: Pick<ClientStore, 'get'>,
): Promise<Client> {
  const client = await clients.get(clientId);
  if (client?.secretArn === secretId) return client;
  throw new Error(
    `secret ${secretId}: got a client_id whose client ${client === undefined ? 'is not registered' : 'has another secret'}; ` +
      'allowed: the client that addClient made with it',
  );
}

/** Gets a token with it. */
async function testSecret({ secretId }: RotationRequest, context: ClientRotationContext): Promise<void> {
  const pending = await valueOf(secretId, 'AWSPENDING', context.secrets);
  await context.requestToken(readClientSecret(pending, secretId));
}

/** Makes it the current one. */
async function finishSecret(
  { secretId, versionId }: RotationRequest,
  { secrets }: ClientRotationContext,
): Promise<void> {
  const stages = await secrets.stages(secretId);
  const from = [...stages].find(([, labels]) => labels.includes('AWSCURRENT'))?.[0];
  await secrets.makeCurrent(secretId, { to: versionId, ...(from !== undefined && { from }) });
}

async function valueOf(
  secretId: string,
  stage: 'AWSCURRENT' | 'AWSPENDING',
  secrets: SecretVersions,
): Promise<string> {
  const version = await secrets.get(secretId, { stage });
  if (version !== undefined) return version.text;
  throw new Error(`secret ${secretId}: got no value under ${stage}; the step before this one makes it`);
}
