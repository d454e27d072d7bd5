import type { Clock } from '../clock.ts';
import { startJsonService } from '../json-service.ts';
import type { ReadSecret } from '../template/dynamic-references.ts';
import type { FunctionInvoker, LeftOut, Log, Resource } from '../types.ts';
import { rotationOperations } from './rotation-operations.ts';
import { Rotator } from './rotator.ts';
import { secretOperations } from './secret-operations.ts';
import { versionWith } from './secret.ts';
import { openSecretStore, type Seal } from './secret-store.ts';
import { ensureRotation, ensureSecret, type DeclaredSecret } from './template.ts';
import { valueOperations } from './value-operations.ts';

export type { DeclaredSecret } from './template.ts';

/** What Secrets Manager is played with. */
export interface SecretsManagerOptions {
  /** The file of all secrets. */
  readonly file: string;
  readonly seal: Seal;
  /** The secrets of the template. */
  readonly secrets: readonly DeclaredSecret[];
  readonly invoker: FunctionInvoker;
  /** Whether a function of that ARN is played. */
  readonly isPlayed: (functionArn: string) => boolean;
  readonly log: Log;
  readonly clock: Clock;
}

/** Secrets Manager on this machine. */
export interface SecretsManager {
  readonly url: string;
  /** The text of a version, `AWSCURRENT` where none is named; undefined when there is none. */
  readonly read: ReadSecret;
  /** Takes up the rotation schedules of the template, and watches all from now on. */
  rotate(schedules: readonly Resource[]): readonly LeftOut[];
  /** Ends rotations after the step that is under way. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the secrets of the template and starts the endpoint. */
export async function startSecretsManager(options: SecretsManagerOptions): Promise<SecretsManager> {
  const { invoker, log, clock, isPlayed } = options;
  const now = (): number => clock.now();
  const store = openSecretStore(options.file, options.seal);
  for (const secret of options.secrets) ensureSecret(secret, store, now());
  const rotator = new Rotator({ store, invoker, log, clock });
  const listening = await startJsonService({
    ...secretOperations(store, now),
    ...valueOperations(store, now),
    ...rotationOperations(store, rotator, isPlayed),
  });
  return {
    url: listening.url,
    read({ secretId, versionStage = 'AWSCURRENT', versionId }) {
      if (!store.has(secretId)) return undefined;
      const secret = store.find(secretId);
      const value = secret.versions[versionId ?? versionWith(secret, versionStage) ?? '']?.value;
      return value !== undefined && 'text' in value ? value.text : undefined;
    },
    rotate(schedules) {
      const leftOut = schedules.flatMap(
        (schedule) => ensureRotation(schedule, { store, rotator, isPlayed }) ?? [],
      );
      rotator.resume();
      rotator.watch();
      return leftOut;
    },
    stop: () => rotator.stop(),
    close: () => listening.close(),
  };
}
