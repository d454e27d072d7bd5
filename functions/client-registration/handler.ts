import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { onceAllowed } from '../../adapters/aws-call.ts';
import { answerCloudFormation } from '../../adapters/http/cloudformation.ts';
import type { ClientRegistration } from '../../core/contract/messages.ts';
import { registerClient, unregisterClient } from '../../core/secrets/registration.ts';
import { compose } from './compose.ts';

const { forOwner } = compose();

/** Registers the clients of a stack, as CloudFormation makes, changes and deletes their resources. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<undefined> {
  return answerCloudFormation(event, () => onceAllowed(() => carryOut(event)));
}

async function carryOut(event: CloudFormationCustomResourceEvent): Promise<void> {
  const context = forOwner(`${event.StackId} ${event.LogicalResourceId}`);
  const wanted = registrationOf(event.ResourceProperties);
  if (event.RequestType === 'Delete') return unregisterClient(wanted.clientId, context);
  await registerClient(wanted, context);
  if (event.RequestType !== 'Update') return;
  const before = registrationOf(event.OldResourceProperties);
  if (before.clientId !== wanted.clientId) await unregisterClient(before.clientId, context);
}

function registrationOf(properties: Readonly<Record<string, unknown>>): ClientRegistration {
  return JSON.parse(String(properties.Registration)) as ClientRegistration;
}
