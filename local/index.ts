/** The embedded AWS: plays a synthesized CloudFormation template on this machine. */
export { LocalError, type LocalErrorCode } from './errors.ts';
export type { DeliveryWaits } from './scheduler/runner.ts';
export { type LocalStack, play, type PlayOptions } from './play.ts';
export type { InvocationResult, LeftOut, Log, Resource, RunningApi } from './types.ts';
