import { randomUUID } from 'node:crypto';
import { LocalError } from '../errors.ts';
import { canonicalJson, objectOf, textOf, type JsonObject } from '../json.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { serve } from '../loopback.ts';
import { arn, type Made } from '../template/identity.ts';
import type { FunctionInvoker, Resource } from '../types.ts';

/** How long a function may take to answer for its resource, after its own time-out has not ended it. */
const answerLimitMs = 60_000;

/** What custom resources are made with. */
export interface CustomResourceTools {
  readonly invoker: FunctionInvoker;
  /** Where it is kept what was made. */
  readonly file: string;
  readonly stackName: string;
}

interface Kept extends Made {
  readonly properties: JsonObject;
}

/**
 * Makes a custom resource, as CloudFormation does: Create the first time, Update when its properties have changed,
 * nothing otherwise. What it answered is kept before it is used.
 *
 * @throws {@link LocalError} `CUSTOM_RESOURCE_FAILED`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export async function ensureCustomResource(resource: Resource, tools: CustomResourceTools): Promise<Made> {
  const all = objectOf(readJsonFile(tools.file));
  const kept = all[resource.logicalId] === undefined ? undefined : (all[resource.logicalId] as Kept);
  if (kept !== undefined && canonicalJson(kept.properties) === canonicalJson(resource.properties))
    return kept;
  const made = await send(resource, kept, tools);
  const entry: Kept = { ...made, properties: resource.properties };
  writeJsonFile(tools.file, { ...all, [resource.logicalId]: entry });
  return made;
}

async function send(resource: Resource, kept: Kept | undefined, tools: CustomResourceTools): Promise<Made> {
  let take: (answer: JsonObject) => void = () => undefined;
  const answered = new Promise<JsonObject>((resolve) => (take = resolve));
  const listener = await serve(async (_, body) => {
    take(objectOf(JSON.parse(body.toString())));
    return { status: 200 };
  });
  try {
    const event = requestOf(resource, kept, { responseUrl: listener.url, stackName: tools.stackName });
    const result = await tools.invoker.invoke(textOf(resource.properties.ServiceToken) ?? '', event);
    if (!result.ok) throw failed(resource, `${result.error.errorType}: ${result.error.errorMessage}`);
    return toMade(resource, await Promise.race([answered, silence(resource)]));
  } finally {
    await listener.close();
  }
}

function requestOf(
  resource: Resource,
  kept: Kept | undefined,
  { responseUrl, stackName }: { readonly responseUrl: string; readonly stackName: string },
): JsonObject {
  const { logicalId, type, properties } = resource;
  const before = kept && {
    PhysicalResourceId: kept.physicalResourceId,
    OldResourceProperties: kept.properties,
  };
  return {
    RequestType: kept === undefined ? 'Create' : 'Update',
    ResponseURL: responseUrl,
    StackId: arn('cloudformation', `stack/${stackName}/local`),
    RequestId: randomUUID(),
    LogicalResourceId: logicalId,
    ResourceType: type,
    ServiceToken: properties.ServiceToken,
    ResourceProperties: properties,
    ...before,
  };
}

function toMade(resource: Resource, answer: JsonObject): Made {
  if (answer.Status !== 'SUCCESS') throw failed(resource, textOf(answer.Reason) ?? 'it gave no reason');
  return {
    physicalResourceId: textOf(answer.PhysicalResourceId) ?? resource.logicalId,
    data: objectOf(answer.Data),
  };
}

function silence(resource: Resource): Promise<never> {
  return new Promise((_, reject) => {
    const why = `its function ended, and nothing was sent to the ResponseURL within ${answerLimitMs / 1000} s`;
    setTimeout(() => reject(failed(resource, why)), answerLimitMs).unref();
  });
}

function failed({ logicalId }: Resource, why: string): LocalError {
  return new LocalError('CUSTOM_RESOURCE_FAILED', `The custom resource ${logicalId} was not made: ${why}`);
}
