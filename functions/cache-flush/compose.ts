import { authorizerCaches } from '../../adapters/api-gateway/authorizer-cache.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readJsonVariable } from '../../core/contract/environment.ts';
import type { CachingStage } from '../../core/contract/settings.ts';
import type { AuthorizerCaches, Telemetry } from '../../core/ports.ts';

/** Wires cache-flush, once per container. */
export function compose(): {
  stages: readonly CachingStage[];
  caches: AuthorizerCaches;
  telemetry: Telemetry;
} {
  return {
    stages: readJsonVariable(process.env, Environment.cachingStages) as CachingStage[],
    caches: authorizerCaches(),
    telemetry: emfTelemetry({ now: Date.now }),
  };
}
