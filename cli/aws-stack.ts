import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { UsageError } from './command.ts';

/**
 * The outputs of a stack in AWS, by name.
 *
 * @throws {@link UsageError} what is missing: the Region, credentials, a permission, or the stack
 */
export async function describeStack(name: string): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient({});
  try {
    const answer = await client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = answer.Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (cause) {
    throw new UsageError(`--stack ${name}: ${faultOf(cause as Error)}`, 1);
  } finally {
    client.destroy();
  }
}

/** What the SDK says, and how to mend it where the SDK does not say that. */
function faultOf({ name, message }: Error): string {
  if (message.startsWith('Region is missing'))
    return 'no AWS Region is set; set AWS_REGION, or a region in the profile that AWS_PROFILE names';
  if (name === 'CredentialsProviderError')
    return 'no AWS credentials were found; set AWS_PROFILE, or sign in as for the AWS command line';
  if (name === 'ValidationError' && message.includes('does not exist'))
    return 'there is no stack of this name in the account and Region; `aws cloudformation list-stacks` shows those there are';
  return message;
}
