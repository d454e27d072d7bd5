import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startSecretsManager, type DeclaredSecret } from '../../../local/secrets-manager/index.ts';
import type { Resource } from '../../../local/types.ts';
import '../../engines.ts';
import { FakeClock } from '../fake-clock.ts';
import { FunctionDouble, functionArn, type Handler } from '../gateway/function-double.ts';
import { localClient } from '../played.ts';

/** 2026-01-01, in milliseconds since the epoch. */
export const newYear = 1_767_225_600_000;

/** A rotation function. */
export const rotateArn = functionArn('rotate');

/** Turns bytes around: enough to see that what is on disk is sealed. */
const seal = {
  seal: (bytes: Buffer) => Buffer.from(bytes).reverse(),
  unseal: (bytes: Buffer) => Buffer.from(bytes).reverse(),
};

/** What to start Secrets Manager with. */
export interface Setup {
  readonly rotate?: (client: SecretsManagerClient) => Handler;
  readonly secrets?: readonly DeclaredSecret[];
  readonly schedules?: readonly Resource[];
  readonly folder?: string;
  readonly clock?: FakeClock;
}

/** Starts Secrets Manager with a client of it; `end` stops it and removes its folder. */
export async function startSecrets(setup: Setup = {}) {
  const { folder = mkdtempSync(path.join(tmpdir(), 'secrets-')), clock = new FakeClock(newYear) } = setup;
  let rotate: Handler = () => null;
  const functions = new FunctionDouble({ rotate: (event) => rotate(event) });
  const lines: string[] = [];
  const file = path.join(folder, 'secrets.json');
  const service = await startSecretsManager({
    file,
    seal,
    secrets: setup.secrets ?? [],
    invoker: functions,
    isPlayed: (arn) => arn === rotateArn,
    log: (source, line) => void lines.push(`${source}: ${line}`),
    clock,
  });
  const client = new SecretsManagerClient({ ...localClient, endpoint: service.url });
  if (setup.rotate !== undefined) rotate = setup.rotate(client);
  const leftOut = service.rotate(setup.schedules ?? []);
  const stop = async (): Promise<void> => {
    client.destroy();
    await service.stop();
    await service.close();
  };
  const end = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { service, client, functions, clock, lines, leftOut, folder, file, stop, end };
}

/** Secrets Manager while a test runs. */
export type RunningSecrets = Awaited<ReturnType<typeof startSecrets>>;

/** Lets everything run that needs no time. */
export async function settle(): Promise<void> {
  for (let times = 0; times < 30; times += 1) await turn();
}

/** A request token that is told from others by its last characters. */
export function token(name: string): string {
  return name.padStart(32, '0');
}
