import { isObject, objectOf, textOf } from '../json.ts';

/** Where a secret's text is found. */
export interface SecretReference {
  /** Name or ARN. */
  readonly secretId: string;
  readonly versionStage: string | undefined;
  readonly versionId: string | undefined;
}

/** Gives a secret's text; undefined when there is none. */
export type ReadSecret = (reference: SecretReference) => string | undefined;

const pattern =
  /\{\{resolve:secretsmanager:((?:arn:[^:}]*(?::[^:}]*){3}:secret:)?[^:}]+)(?::SecretString)?(?::([^:}]*))?(?::([^:}]*))?(?::([^:}]*))?\}\}/g;

/**
 * Resolves the dynamic references to Secrets Manager within a value. One that leads nowhere stays as it is.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function resolveSecrets(value: unknown, read: ReadSecret): unknown {
  if (typeof value === 'string') {
    return value.replace(
      pattern,
      (whole, secretId: string, key?: string, versionStage?: string, versionId?: string) => {
        const found = read({ secretId, versionStage: textOf(versionStage), versionId: textOf(versionId) });
        return (found === undefined ? undefined : member(found, textOf(key))) ?? whole;
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => resolveSecrets(item, read));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveSecrets(item, read)]));
}

/** The text itself, or a member of the JSON object that it is. */
function member(text: string, key: string | undefined): string | undefined {
  if (key === undefined) return text;
  try {
    const found = objectOf(JSON.parse(text))[key];
    return found === undefined ? undefined : typeof found === 'string' ? found : JSON.stringify(found);
  } catch {
    return undefined;
  }
}
