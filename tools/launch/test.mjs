/** `npm test`: installs, checks, builds, and runs the lanes that need no outside server. */
import { build, PLATFORM } from './build.mjs';
import { install } from './install.mjs';
import { runLane } from './lane.mjs';
import { requireNode } from './node-version.mjs';
import { CommandFailed, runQuiet } from './run.mjs';
import { addCounts, closingLine, NO_TESTS } from './test-results.mjs';
import { filesEndingIn, inWorkspace } from './workspace.mjs';

const node = process.execPath;
const bin = (name) => inWorkspace('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

const CHECKS = [
  () => runQuiet('Checking style', bin('biome'), ['check', '.']),
  () => runQuiet('Checking boundaries', node, [inWorkspace('tools', 'boundaries', 'check.mjs')]),
  () =>
    runQuiet('Checking types', node, [
      inWorkspace('node_modules', 'typescript-native', 'bin', 'tsc'),
      '-p',
      'tsconfig.json',
    ]),
  () => build(PLATFORM),
];

/** Runs every step, whatever the others did. @returns how many failed; each says so itself */
const failuresOf = async (steps) => {
  let failures = 0;
  for (const step of steps) {
    await step().catch((error) => {
      if (!(error instanceof CommandFailed)) throw error;
      console.error(error.message);
      failures += 1;
    });
  }
  return failures;
};

const sayWhatWasSkipped = (skipped) => {
  for (const test of skipped) console.log(`skipped: ${test}`);
  const files = filesEndingIn('.int.test.ts').length;
  if (files > 0)
    console.log(`skipped: ${files} integration files, which need servers; set TEST_… and npm run test:integration`);
};

const main = async () => {
  requireNode();
  await install();
  const failedChecks = await failuresOf(CHECKS);
  const unit = await runLane('unit');
  const e2e = await runLane('e2e');
  console.log('');
  sayWhatWasSkipped([...unit.skipped, ...e2e.skipped]);
  if (failedChecks > 0) console.log(`${failedChecks} of ${CHECKS.length} checks failed; see above`);
  return addCounts(addCounts(unit.counts, e2e.counts), { ...NO_TESTS, failed: failedChecks });
};

const total = await main().catch((error) => {
  if (!(error instanceof CommandFailed)) throw error;
  console.error(error.message);
  return { ...NO_TESTS, failed: 1 };
});
console.log(closingLine(total));
process.exitCode = total.failed === 0 ? 0 : 1;
