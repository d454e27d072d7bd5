/** The app that clients.test.ts plays: the default stack, a client whose secret rotates, and a token in a secret. */
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const library = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'dist',
  'lib',
  'index.js',
);

/** The app's source, for a file anywhere. */
export const clientsApp = `
import { App, CfnOutput, Duration } from 'aws-cdk-lib/core';
import { KeyturnStack } from ${JSON.stringify(library)};
const app = new App();
const stack = new KeyturnStack(app, 'Keyturn');
const shop = stack.tokenService.addClient('Shop', { clientId: 'shop', scopes: ['orders:read'] });
shop.addRotation({ every: Duration.days(1) });
stack.tokenService.addClient('Spa', {
  clientId: 'spa', isPublic: true, scopes: ['orders:read', 'offline_access'],
});
const report = stack.tokenService.issueOnSchedule('Report', { client: shop });
new CfnOutput(stack, 'ShopSecret', { value: shop.secret.secretArn });
new CfnOutput(stack, 'ReportSecret', { value: report.secret.secretArn });
new CfnOutput(stack, 'ReportFunction', { value: report.handler.functionName });
app.synth();
`;
