/** What of a function's log the terminal shows. */
import { expect, it } from '@jest/globals';
import { readableLine } from '../../cli/local-log.ts';

it.each([
  ['a word', 'a word'],
  ['{"Reason":"expired","Refused":1,"_aws":{"Timestamp":1}}', '{"Reason":"expired","Refused":1}'],
  ['not JSON, but "_aws": all the same', 'not JSON, but "_aws": all the same'],
  ['ERROR Error: Unauthorized\n    at handler', 'threw Unauthorized, which API Gateway answers with 401'],
  ['ERROR Error: Unauthorized to see this', 'ERROR Error: Unauthorized to see this'],
])('%s', (line, shown) => {
  expect(readableLine(line)).toBe(shown);
});
