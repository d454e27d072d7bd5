/**
 * A line of a function's log, as the terminal shows it. The `_aws` member of the embedded metric format tells CloudWatch how to
 * count, and nothing to a reader. An authorizer that throws `Unauthorized` has not failed: that is how it says 401.
 */
export function readableLine(line: string): string {
  if (line.split('\n')[0] === 'ERROR Error: Unauthorized')
    return 'threw Unauthorized, which API Gateway answers with 401';
  if (!line.includes('"_aws":')) return line;
  try {
    const { _aws, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return JSON.stringify(rest);
  } catch {
    return line;
  }
}
