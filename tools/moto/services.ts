/** The two implementations that are compared: this repository's, and moto's. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../../local/clock.ts';
import { startJsonService } from '../../local/json-service.ts';
import { openKeyStore } from '../../local/kms/key-store.ts';
import { kmsOperations } from '../../local/kms/operations.ts';
import { claimPort } from '../../local/loopback.ts';
import { startSecretsManager } from '../../local/secrets-manager/index.ts';
import { endProcess, startProcess } from '../ministack/processes.ts';
import type { Services } from './scenario.ts';

const launcher = path.join(path.dirname(fileURLToPath(import.meta.url)), 'launch.py');

/** Services that run until they are stopped. */
export interface RunningServices extends Services {
  stop(): Promise<void>;
}

/** Starts local KMS and local Secrets Manager, without functions. */
export async function startOurs(folder: string): Promise<RunningServices> {
  mkdirSync(folder, { recursive: true });
  const kms = await startJsonService(
    kmsOperations({ store: openKeyStore(path.join(folder, 'kms.json'), []), aliases: new Map() }),
  );
  const secrets = await startSecretsManager({
    file: path.join(folder, 'secrets.json'),
    seal: { seal: (plaintext) => plaintext, unseal: (sealed) => sealed },
    secrets: [],
    invoker: { invoke: () => Promise.resolve({ ok: true, payload: null }) },
    isPlayed: () => false,
    log: () => undefined,
    clock: systemClock,
  });
  const clients = clientsAt(kms.url, secrets.url);
  return { ...clients, stop: async () => void (await Promise.all([kms.close(), secrets.close()])) };
}

/**
 * Starts moto's server.
 *
 * @param python an interpreter that has it
 * @throws Error where it does not answer within 30 s
 */
export async function startMoto(python: string, folder: string): Promise<RunningServices> {
  const port = await claimPort(0);
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  const child = startProcess([python, launcher, String(port)], {
    cwd: folder,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  for (const deadline = Date.now() + 30_000; ;) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok === true) break;
    if (Date.now() > deadline || child.exitCode !== null) {
      endProcess(child);
      throw new Error("moto's server does not answer within 30 s");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...clientsAt(url, url), stop: async () => endProcess(child) };
}

function clientsAt(kms: string, secrets: string): Services {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { region: 'us-east-1', credentials, maxAttempts: 1 };
  return {
    kms: new KMSClient({ ...settings, endpoint: kms }),
    secrets: new SecretsManagerClient({ ...settings, endpoint: secrets }),
  };
}
