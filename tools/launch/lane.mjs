/** Runs one lane of tests: `node tools/launch/lane.mjs NAME`, or `runLane` from `npm test`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoud } from './run.mjs';
import { closingLine, countsOf, NO_TESTS, skippedTests } from './test-results.mjs';
import { inWorkspace, workspaceRoot } from './workspace.mjs';

const LANES = {
  unit: { config: 'vitest.config.ts' },
  e2e: { config: 'vitest.e2e.config.ts' },
  integration: { config: 'vitest.integration.config.ts' },
  /** The journeys that are about what is kept, on the servers that `TEST_…` variables name. */
  servers: { config: 'vitest.e2e.config.ts', files: ['management', 'declarative', 'stored-credentials', 'kills'] },
};

const vitest = inWorkspace('node_modules', 'vitest', 'vitest.mjs');

/**
 * Runs a lane with its output on our terminal.
 * @returns its counts, and the names of what it skipped; a lane that dies without a report counts as one failure
 */
export const runLane = async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  try {
    const report = join(folder, 'report.json');
    console.log(`\n── ${name} tests`);
    const { config, files = [] } = LANES[name];
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    const args = ['run', ...files, `--config=${config}`, ...reporters];
    const code = await runLoud(process.execPath, [vitest, ...args], {
      env: process.stdout.isTTY ? {} : { NO_COLOR: '1' },
    });
    if (!existsSync(report)) return { counts: { ...NO_TESTS, failed: code === 0 ? 0 : 1 }, skipped: [] };
    const parsed = JSON.parse(readFileSync(report, 'utf8'));
    const counts = countsOf(parsed);
    const unexplained = code !== 0 && counts.failed === 0 ? 1 : 0;
    return { counts: { ...counts, failed: counts.failed + unexplained }, skipped: skippedTests(parsed, workspaceRoot) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { counts } = await runLane(process.argv[2] ?? 'unit');
  console.log(closingLine(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
