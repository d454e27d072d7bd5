/**
 * `npm run test:model`: the model of rotation over every stand of the clocks, once with all kinds of events and once more
 * per subject with fewer kinds and longer sequences. Prints what it counted; ends with 1 where anything is wrong.
 */
import { explore, standsOf } from '../test/model/explore.ts';
import { shipped } from '../test/model/rules.ts';
import { subjects } from '../test/model/subjects.ts';

const least = 1_000_000n;
let [interleavings, states, passed, failed] = [0n, 0, 0, 0];
for (const [name, subject] of Object.entries(subjects)) {
  const stands = standsOf(subject);
  let [count, seen] = [0n, 0];
  for (const clocks of stands) {
    const found = await explore({ rules: shipped, clocks }, subject);
    count += found.interleavings;
    seen += found.states;
    if (found.fault === undefined) passed += 1;
    else failed += 1;
    if (found.fault)
      console.log(
        `FAULT, ${JSON.stringify(clocks)}: ${found.fault.what}\n    ${found.fault.events.join('\n    ')}`,
      );
  }
  console.log(
    `${name}: ${count} interleavings of ${subject.depth} events over ${stands.length} stands of the clocks, ${seen} states`,
  );
  interleavings += count;
  states += seen;
}
if (interleavings < least) failed += 1;
else passed += 1;
console.log(`model of rotation: ${interleavings} distinct interleavings (${least} wanted), ${states} states`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
