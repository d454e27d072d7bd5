/** An explanation in words: times as dates, records by whose they are, and nothing else rewritten. */
import { expect, it } from '@jest/globals';
import { describeExplanation } from '../../cli/explanation.ts';

it('says times as dates, and whose records were looked up', () => {
  const words = describeExplanation({
    outcome: 'refuse',
    refusal: { outcome: 'refuse', reason: 'token_revoked', status: 401, detail: 'revoked at 1800000000.5' },
    steps: [
      { step: 'exp', status: 'passed', got: 1_800_000_900, allowed: 'later than 1800000000 less 60 s' },
      { step: 'lifetime', status: 'passed', got: 900, allowed: 'more than 0 and at most 86400 s' },
      { step: 'identifiers', status: 'passed', got: { jti: '1800000000' }, allowed: 'sub' },
      {
        step: 'revocation',
        status: 'failed',
        got: { token: 'token:3:iss:j', common: ['issuer:3:iss:', 'key:3:iss:k'] },
        allowed: 'none of these records in force',
        reason: 'token_revoked',
      },
    ],
  } as Parameters<typeof describeExplanation>[0]);
  expect(words.split('\n')).toEqual([
    '✓ exp          got 2027-01-15T08:15:00.000Z; allowed: later than 2027-01-15T08:00:00.000Z less 60 s',
    '✓ lifetime     got 900; allowed: more than 0 and at most 86400 s',
    '✓ identifiers  got {"jti":"1800000000"}; allowed: sub',
    '✗ revocation   got the records of its token, issuer, key; allowed: none of these records in force',
    '',
    'refused: token_revoked (401), revoked at 2027-01-15T08:00:00.500Z',
  ]);
});
