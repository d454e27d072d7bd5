import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { revocationReader, revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { scheduleRunLog } from '../../adapters/dynamodb/schedule-runs.ts';
import { kmsSealer } from '../../adapters/kms/sealer.ts';
import { isKmsHandle, kmsKeyMaker } from '../../adapters/kms/signing-keys.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable, readVariable } from '../../core/contract/environment.ts';
import type { TokenServiceSettings } from '../../core/contract/settings.ts';
import { sealedKeyMaker } from '../../core/keys/key-maker.ts';
import type { RotationContext } from '../../core/keys/rotation.ts';
import type { Telemetry } from '../../core/ports.ts';
import type { RunContext } from '../../core/schedule/run.ts';

const clock = (): number => Date.now() / 1000;

/** Wires key-rotation, once per container; `forRequest` reads the clock once. */
export function compose(): {
  telemetry: Telemetry;
  settings: TokenServiceSettings;
  forRequest: () => RotationContext & Pick<RunContext, 'runs'>;
} {
  const settings = readJsonVariable(process.env, Environment.tokenService) as TokenServiceSettings;
  const client = connectDynamoDb();
  const revocationTable = readVariable(process.env, Environment.revocationTable);
  const eventTable = process.env[Environment.eventTable];
  const context = {
    issuer: readVariable(process.env, Environment.issuer),
    settings,
    keySets: keySetStore(client, readVariable(process.env, Environment.keySetTable)),
    maker:
      settings.custody === 'kms'
        ? kmsKeyMaker()
        : sealedKeyMaker(kmsSealer(readVariable(process.env, Environment.sealingKey)), isKmsHandle),
    ...(eventTable !== undefined && { runs: scheduleRunLog(client, eventTable) }),
    revocations: {
      ...revocationReader(client, revocationTable),
      ...revocationWriter(client, revocationTable),
    },
  };
  return {
    telemetry: emfTelemetry({ now: Date.now }),
    settings,
    forRequest: () => ({ ...context, now: clock(), clock }),
  };
}
