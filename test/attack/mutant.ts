/** What one build of the authorizer makes of every event; runs in a thread of its own, so that it can be stopped. */
import { parentPort, workerData } from 'node:worker_threads';
import { verifyWithJose } from '../../core/verify/signature.ts';
import { startAuthorizer } from './authorizer.ts';
import type { AttackEvent } from './table.ts';
import type { World } from './world.ts';

/** What a mutant is started with. */
export interface MutantWork {
  readonly world: World;
  readonly events: readonly AttackEvent[];
}

/** Cases that are about what is used once. */
const storeCases = /^(?:DPoP|ticket):/;

/** Cases that are about tokens that are bound to their sender. */
const boundCases = /^(?:DPoP|TLS|cnf)/;

/** Refusals that the verifier of signatures may have a hand in. */
const signatureVerdicts: readonly string[] = ['signature_invalid', 'algorithm_mismatch', 'fault'];

/**
 * What every event comes to under five setups: errors for bad tokens, Denies for them, no stores for what is used once,
 * signatures verified by jose, answers that API Gateway keeps.
 */
async function outcomes({ world, events }: MutantWork): Promise<readonly string[]> {
  const throwing = startAuthorizer(world);
  const denying = startAuthorizer(world, { refusals: 'deny' });
  const bare = startAuthorizer(world, { hasReplaysAndTickets: false });
  const jose = startAuthorizer(world, { verifySignature: verifyWithJose });
  const keeping = startAuthorizer(world, { keepsAnswers: true });
  const all: string[] = [];
  for (const { event, shape, name, expected } of events) {
    const { verdict, status } = await throwing(event);
    const denied = shape === 'REST REQUEST' ? (await denying(event)).status : '';
    const without = storeCases.test(name) ? (await bare(event)).verdict : '';
    const byJose = signatureVerdicts.includes(expected) ? (await jose(event)).verdict : '';
    const kept = boundCases.test(name) ? (await keeping(event)).verdict : '';
    all.push(`${verdict} ${status} ${denied} ${without} ${byJose} ${kept}`);
  }
  return all;
}

parentPort?.postMessage(await outcomes(workerData as MutantWork));
