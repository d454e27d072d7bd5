import { isObject, type JsonObject } from '../json.ts';

/** A statement of an authorizer's policy, its lists made lists. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditional: boolean;
}

/** An authorizer's policy, read and found well-formed. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** `implicit deny` is what no statement matches. */
export type Effect = 'allow' | 'explicit deny' | 'implicit deny';

const action = 'execute-api:invoke';

/** Longest `Resource` that an authorizer's policy may name, in characters (API Gateway quotas). */
const resourceLimit = 512;

/**
 * Reads the `policyDocument` of an authorizer's answer, or undefined when it is malformed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function readPolicy(document: unknown): Policy | undefined {
  if (!isObject(document)) return undefined;
  const statements = listOf(document['Statement']).map(readStatement);
  if (statements.length === 0 || !statements.every((statement) => statement !== undefined)) return undefined;
  return { statements };
}

/** What the policy says about invoking a method: an explicit deny wins, no match is a deny. */
export function evaluatePolicy(policy: Policy, methodArn: string): Effect {
  const matching = policy.statements.filter((statement) => applies(statement, methodArn));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'explicit deny';
  return matching.some(({ effect, conditional }) => effect === 'Allow' && !conditional)
    ? 'allow'
    : 'implicit deny';
}

function readStatement(value: unknown): Statement | undefined {
  if (!isObject(value)) return undefined;
  const effect = value['Effect'];
  const actions = strings(value['Action']);
  const resources = strings(value['Resource']);
  if ((effect !== 'Allow' && effect !== 'Deny') || actions === undefined || resources === undefined)
    return undefined;
  if (resources.some((resource) => resource.length > resourceLimit)) return undefined;
  return { effect, actions, resources, conditional: hasCondition(value) };
}

/** Conditions are not evaluated here, so a statement that has one denies, and never allows. */
function hasCondition(statement: JsonObject): boolean {
  return isObject(statement['Condition']) && Object.keys(statement['Condition']).length > 0;
}

function applies({ actions, resources }: Statement, methodArn: string): boolean {
  return (
    actions.some((pattern) => matchesWildcards(pattern.toLowerCase(), action)) &&
    resources.some((pattern) => matchesWildcards(pattern, methodArn))
  );
}

/**
 * Whether a text matches a pattern in which `*` is any run of characters (`/` too) and `?` any one character.
 * Linear in the text for each `*`, whatever the pattern.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!startsAt(text, 0, first)) return false;
  const last = rest.pop();
  if (last === undefined) return text.length === first.length;
  let from = first.length;
  for (const part of rest) {
    const at = findFrom(text, from, part);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && startsAt(text, text.length - last.length, last);
}

function findFrom(text: string, from: number, part: string): number {
  for (let at = from; at + part.length <= text.length; at += 1) if (startsAt(text, at, part)) return at;
  return -1;
}

function startsAt(text: string, at: number, part: string): boolean {
  if (at + part.length > text.length) return false;
  for (let index = 0; index < part.length; index += 1)
    if (part[index] !== '?' && part[index] !== text[at + index]) return false;
  return true;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function strings(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  return list.length > 0 && list.every((item) => typeof item === 'string') ? list : undefined;
}
