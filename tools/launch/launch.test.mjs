import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { installDigest } from './install.mjs';
import { nodeVersionProblem } from './node-version.mjs';
import { CommandFailed, runQuiet } from './run.mjs';
import { closingLine, countsOf, skippedTests } from './test-results.mjs';
import { inWorkspace } from './workspace.mjs';

test.each([
  ['18.20.4', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['24.0.0', true],
])('Node.js %s may run the platform: %s', (version, usable) => {
  const problem = nodeVersionProblem(version);
  expect(problem === undefined).toBe(usable);
  if (problem) expect(problem).toMatch(/20\.19 or newer.*this is/);
});

test('the engines field says the same oldest version as the check', () => {
  const engines = JSON.parse(
    execFileSync(process.execPath, ['-p', "JSON.stringify(require('./package.json').engines)"], { cwd: inWorkspace() }),
  );
  const oldest = engines.node.replace('>=', '');
  expect(nodeVersionProblem(oldest)).toBeUndefined();
  expect(nodeVersionProblem(oldest.replace(/\.(\d+)\./, (_, minor) => `.${minor - 1}.`))).toBeDefined();
});

test('a changed file, or the same files on another platform, install again', () => {
  const digest = installDigest(['lock', 'manifest'], 'linux x64');
  expect(installDigest(['lock', 'manifest'], 'linux x64')).toBe(digest);
  expect(installDigest(['lock2', 'manifest'], 'linux x64')).not.toBe(digest);
  expect(installDigest(['lockm', 'anifest'], 'linux x64')).not.toBe(digest);
  expect(installDigest(['lock', 'manifest'], 'linux arm64')).not.toBe(digest);
});

test('a step that fails is named with its command', async () => {
  const failing = runQuiet('Trying', process.execPath, ['-e', 'process.exit(3)']);
  await expect(failing).rejects.toThrow(CommandFailed);
  await expect(failing).rejects.toThrow(/Trying failed: .*process\.exit\(3\)/);
});

test('help is answered by plain Node.js, before anything is installed', () => {
  const text = execFileSync(process.execPath, [inWorkspace('tools', 'launch', 'start.mjs'), '--port', '1', '--help'], {
    encoding: 'utf8',
  });
  expect(text).toContain('Usage: npm start');
  expect(text).toContain('PORTOLAN_DATA_DIR');
});

const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [
    {
      name: '/w/a.test.ts',
      status: 'failed',
      assertionResults: [
        { status: 'failed', title: 'x' },
        { status: 'skipped', title: 'y' },
      ],
    },
    { name: '/w/broken.test.ts', status: 'failed', assertionResults: [] },
  ],
};

test('a test file that cannot be loaded counts as a failure', () => {
  expect(countsOf(report)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  expect(skippedTests(report, '/w')).toEqual(['a.test.ts: y']);
});

test('the closing line is plain', () => {
  expect(closingLine({ passed: 5, failed: 0, skipped: 0 })).toBe('5 passed, 0 failed');
  expect(closingLine({ passed: 5, failed: 2, skipped: 1 })).toBe('5 passed, 2 failed, 1 skipped');
});
