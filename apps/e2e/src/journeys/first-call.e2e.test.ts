import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { printedSnippet } from '../set-up/banner.ts';
import { at, type Json } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { pythonProblem } from '../set-up/python.ts';

const execute = promisify(execFile);
const RUN_WITHIN_MS = 60_000;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform?.stop());

const hasCurl = await execute('curl', ['--version']).then(
  () => true,
  () => false,
);

describe('what is printed at the start can be pasted as it is', () => {
  it.skipIf(!hasCurl)(`${hasCurl ? '' : 'SKIPPED, NO CURL ON PATH: '}curl`, async () => {
    const { stdout } = await execute('sh', ['-c', printedSnippet(platform.banner, 'curl')], { timeout: RUN_WITHIN_MS });
    expect(at(JSON.parse(stdout) as Json, 'choices', 0, 'message', 'content')).toMatch(/\S/);
  });

  it.skipIf(pythonProblem !== '').each(['Python', 'LlamaIndex'])(`${pythonProblem}%s`, async (client) => {
    const python = inject('python');
    if ('missing' in python) return;
    const { stdout } = await execute(python.executable, ['-c', printedSnippet(platform.banner, client)], {
      timeout: RUN_WITHIN_MS,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
    });
    expect(stdout.trim()).toMatch(/\S/);
  });
});
