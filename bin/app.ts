/**
 * The CDK app that cdk.json runs: reads the configuration and makes the stack. Feature flags are those of a new CDK
 * project; cdk.json's context goes before them.
 */
import { App, Errors } from 'aws-cdk-lib/core';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { ConfigError, KeyturnStack } from '../lib/index.ts';
import { readConfig } from './read-config.ts';

function makeStack(app: App): KeyturnStack {
  const config = readConfig(process.env['KEYTURN_CONFIG']);
  return new KeyturnStack(app, config.stackName, { config });
}

try {
  const app = new App({ autoSynth: false, context: CURRENTLY_RECOMMENDED_FLAGS });
  makeStack(app);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError || Errors.isValidationError(error))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
