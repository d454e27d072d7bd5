/** Names and shapes that constructs, handlers, CLI and tests share. A rename here fails to compile there. */
export * from './client-rules.ts';
export * from './config.ts';
export * from './config-error.ts';
export * from './environment.ts';
export * from './grants.ts';
export * from './messages.ts';
export * from './metrics.ts';
export * from './outputs.ts';
export * from './routes.ts';
export * from './sealing.ts';
export * from './settings.ts';
export * from './tables.ts';
export * from './times.ts';
