import { Outputs } from '../core/contract/outputs.ts';
import type { LeftOut, LocalStack, RunningApi } from '../local/index.ts';
import { type OptionValues, stringOption } from './command.ts';

/** What a stack that is not Keyturn's says when it plays. */
export function overview({ apis, outputs, leftOut, engine }: LocalStack): string {
  return [
    '',
    `Running on this machine (DynamoDB engine: ${engine}); Ctrl-C stops it.`,
    ...apis.map(describeApi),
    ...Object.entries(outputs).map(([id, value]) => `  output    ${id} = ${value}`),
    ...section('Left out here:', leftOut.map(describeLeftOut)),
  ].join('\n');
}

function describeApi({ kind, name, stageUrls }: RunningApi): string {
  return `  ${kind.padEnd(9)} ${stageUrls.join(' ')}  ${name}`;
}

function describeLeftOut({ logicalId, type, reason }: LeftOut): string {
  return `  ${logicalId} (${type}): ${reason}`;
}

/** Lines under a heading; none where there are no lines. */
function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, '', ...lines];
}

/**
 * What a stack of Keyturn says when it plays: what to type next.
 *
 * @param page address of the web console, signed in; nothing where the stack serves none
 */
export function greeting(stack: LocalStack, options: OptionValues, page: string | undefined): string {
  const data = stringOption(options, 'data');
  const flag = data === undefined ? '' : ` --data ${data}`;
  const base = stack.outputs[Outputs.apiUrl];
  const others = stack.apis.filter(({ url }) => url !== base).map(describeApi);
  return [
    '',
    `Keyturn is at ${base}; Ctrl-C stops it. In another terminal, in this folder:`,
    '',
    `  TOKEN=$(npx keyturn token${flag})`,
    `  curl -i ${base}/whoami -H "Authorization: Bearer $TOKEN"`,
    `  printf %s "$TOKEN" | npx keyturn revoke -${flag}`,
    '',
    'After the third command, the second answers 401.',
    ...section(
      `The web console, signed in for 15 minutes (\`npx keyturn console${flag}\` signs in again):`,
      page === undefined ? [] : [`  ${page}`],
    ),
    ...section("The app's other APIs:", others),
    ...section('Left out here:', stack.leftOut.map(describeLeftOut)),
  ].join('\n');
}
