/**
 * `npm test`: every check of the workspace, one line each, the whole output of those that fail, and at the end the line
 * that counts them. `npm test -- eslint tsc` runs those steps and what they need.
 */
import { schedule, select } from './lib/schedule.mjs';
import { STEPS } from './lib/steps.mjs';

const total = { passed: 0, failed: 0 };

function report(step, result) {
  total.passed += result.passed ?? (result.ok ? 1 : 0);
  total.failed += result.failed ?? (result.ok ? 0 : 1);
  const seconds = `${(result.ms / 1000).toFixed(1)} s`.padStart(8);
  const counts = result.passed === undefined ? '' : `  ${result.passed} passed, ${result.failed} failed`;
  const note = result.note === undefined ? '' : `  ${result.note}`;
  console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${step.name.padEnd(8)}${seconds}${counts}${note}`);
  if (!result.ok) console.log(`${result.output.trimEnd()}\n`);
}

try {
  await schedule(select(STEPS, process.argv.slice(2)), { report });
} catch (error) {
  total.failed += 1;
  console.error(error.message);
}
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`\nTests: ${total.passed} passed, ${total.failed} failed`);
