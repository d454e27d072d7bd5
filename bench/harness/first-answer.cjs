// One cold start: node first-answer.cjs <bundle> [event]. Prints the milliseconds that loading the bundle took, and with an
// event those until its answer. Lambda's own runtime has loaded node:http before a function is.
require('node:http');
const [file, event] = process.argv.slice(2);
const write = process.stdout.write.bind(process.stdout);
const started = performance.now();
const { handler } = require(file);
const loadMs = performance.now() - started;
const done = () => {
  write(`\n${JSON.stringify({ loadMs, answerMs: performance.now() - started })}\n`);
  process.exit(0);
};
if (event === undefined) done();
else void handler(JSON.parse(event)).finally(done);
