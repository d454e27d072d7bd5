/** The numbers of docs/operations.md are those of the default stack and of the package. */
import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { maxBodyBytes } from '../core/oauth/form.ts';
import { maxTokenLength } from '../core/jws/parse.ts';
import { maxIdentifierLength } from '../core/verify/header.ts';
import { makeKeyturnStack } from './lib/synth.ts';

const page = readFileSync('docs/operations.md', 'utf8').replaceAll(/\s+/g, ' ');
const { engines, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const template = Template.fromStack(makeKeyturnStack());

function memoryOf(description: string): string {
  const [fn] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: description } }),
  );
  return Number(fn?.['Properties'].MemorySize).toLocaleString('en');
}

it.each([
  ['Lambda, authorizer', `(${memoryOf('Verifies JWTs and checks whether they are revoked')} MB, arm64)`],
  ['Lambda, token-issue', `(${memoryOf('Issues tokens to registered clients')} MB, arm64)`],
  ['Key rotation', `(${memoryOf('Makes, activates and retires signing keys')} MB)`],
  ['the tables', `${Object.keys(template.findResources('AWS::DynamoDB::Table')).length} tables with`],
  ['Node.js', `Node.js ${engines.node.replace('>=', '')} or later`],
  ['aws-cdk-lib', `\`aws-cdk-lib\` ${peerDependencies['aws-cdk-lib'].slice(1)} or later`],
  ['constructs', `\`constructs\` ${peerDependencies.constructs.slice(1)} or later`],
  ['a token', `${maxTokenLength.toLocaleString('en')} characters`],
  ['an identifier', `${maxIdentifierLength} characters`],
  ['a body', `${maxBodyBytes.toLocaleString('en')} bytes`],
])('docs/operations.md says of %s: %s', (_, text) => expect(page).toContain(text));

it('docs/operations.md says how many requests the API takes', () => {
  const throttle = { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 };
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { DefaultRouteSettings: throttle });
  expect(page).toContain("default stack's own API | 1,000, and as many at once");
});
