export * from './play-interim.ts';
export type * from './types.ts';
