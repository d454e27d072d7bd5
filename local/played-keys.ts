import { systemClock } from './clock.ts';
import { LocalError } from './errors.ts';
import { startJsonService } from './json-service.ts';
import { unplayedKey } from './kms/key-specs.ts';
import { openKeyStore, symmetricSpec, type KeyStore } from './kms/key-store.ts';
import { kmsOperations } from './kms/operations.ts';
import type { Functions } from './lambda/functions.ts';
import { physicalUuid } from './physical-id.ts';
import { resourceOf, type Stage } from './played-services.ts';
import { startSecretsManager, type DeclaredSecret, type SecretsManager } from './secrets-manager/index.ts';
import type { Seal } from './secrets-manager/secret-store.ts';
import type { Entry } from './template/template-set.ts';
import type { LeftOut } from './types.ts';

/** KMS as it is played. */
export interface PlayedKms {
  readonly url: string;
  /** Seals with the key of `alias/aws/secretsmanager`, which every account has. */
  readonly seal: Seal;
  readonly leftOut: readonly LeftOut[];
}

/** Starts the KMS endpoint with the keys and aliases of the template. */
export async function playKms(stage: Stage): Promise<PlayedKms> {
  const { set, data } = stage;
  const managed = physicalUuid('alias/aws/secretsmanager');
  const declared = set.ofType('AWS::KMS::Key').map((entry) => {
    const { KeySpec: spec = symmetricSpec, KeyUsage: usage = 'ENCRYPT_DECRYPT' } = set.properties(entry);
    const reason = unplayedKey(String(spec), String(usage));
    return { entry, id: set.ref(entry), spec: String(spec), reason };
  });
  const played = declared.filter(({ reason }) => reason === undefined);
  const store = openKeyStore(data.file('kms.json'), [...played, { id: managed, spec: symmetricSpec }]);
  const aliases = set.ofType('AWS::KMS::Alias').map((entry): [string, string] => {
    const { AliasName: name, TargetKeyId: target } = set.properties(entry);
    return [String(name), String(target).replace(/^.*\//, '')];
  });
  const all = new Map([...aliases, ['alias/aws/secretsmanager', managed]]);
  const kms = await startJsonService(kmsOperations({ store, aliases: all }));
  stage.onStop(() => kms.close());
  return { url: kms.url, seal: sealWith(store, managed), leftOut: declared.flatMap(leftOutKey) };
}

function leftOutKey({
  entry,
  reason,
}: {
  readonly entry: Entry;
  readonly reason: string | undefined;
}): LeftOut[] {
  return reason === undefined ? [] : [{ logicalId: entry.id, type: entry.declared.type, reason }];
}

function sealWith(store: KeyStore, keyId: string): Seal {
  const key = store.get(keyId);
  if (key === undefined) throw new Error('the key store was opened without its managed key');
  const additional = Buffer.from('secrets');
  return {
    seal: (plaintext) => store.seal(key, plaintext, additional),
    unseal: (sealed) => {
      const opened = store.unseal(sealed, additional);
      if (opened !== undefined) return opened.plaintext;
      throw new LocalError(
        'DATA_FOREIGN',
        'secrets.json was sealed with another key than kms.json holds. Nothing was changed: bring back the kms.json that ' +
          'belongs to it, or delete secrets.json.',
      );
    },
  };
}

/** Starts Secrets Manager with the secrets of the template. */
export async function playSecrets(stage: Stage, functions: Functions, seal: Seal): Promise<SecretsManager> {
  const { set, data, log } = stage;
  const secrets = set.ofType('AWS::SecretsManager::Secret').map((entry): DeclaredSecret => {
    const arnOfSecret = set.ref(entry);
    const name = arnOfSecret.replace(/^.*:secret:/, '').slice(0, -7);
    return { resource: resourceOf(set, entry), name, arn: arnOfSecret };
  });
  const secretsManager = await startSecretsManager({
    file: data.file('secrets.json'),
    seal,
    secrets,
    invoker: functions,
    isPlayed: (functionArn) => functions.has(functionArn),
    log,
    clock: systemClock,
  });
  stage.onStop(() => secretsManager.close());
  set.setSecrets(secretsManager.read);
  return secretsManager;
}

/** Takes up the rotation schedules of the template. */
export function playRotations(stage: Stage, secretsManager: SecretsManager): readonly LeftOut[] {
  const { set } = stage;
  stage.onStop(() => secretsManager.stop());
  const schedules = set.ofType('AWS::SecretsManager::RotationSchedule');
  return secretsManager.rotate(schedules.map((entry) => resourceOf(set, entry)));
}
