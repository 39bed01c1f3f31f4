import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from './temp-dir.ts';
import { until, withTimeout } from './waiting.ts';

test('a promise in time gives its value, and its own failure', async () => {
  expect(await withTimeout(Promise.resolve(3), 1000, 'the answer')).toBe(3);
  await expect(withTimeout(Promise.reject(new Error('own')), 1000, 'the answer')).rejects.toThrow('own');
});

test('a promise that never settles fails with what did not happen', async () => {
  await expect(withTimeout(new Promise(() => undefined), 1, 'the answer')).rejects.toThrow(
    'the answer did not happen within 1 ms',
  );
});

test('waiting ends with the value that holds', async () => {
  const found: string[] = [];
  setImmediate(() => found.push('here'));
  expect(await until(() => found[0])).toBe('here');
});

test('waiting goes on while the condition throws, and says why it failed', async () => {
  let asked = 0;
  const settles = () => {
    asked += 1;
    if (asked < 3) throw new Error('not yet');
    return true;
  };
  expect(await until(settles)).toBe(true);
  const failing = () => {
    throw new Error('never');
  };
  await expect(until(failing, { timeoutMs: 1, what: 'it' })).rejects.toMatchObject({
    message: 'it did not hold within 1 ms',
    cause: { message: 'never' },
  });
});

test('a temporary directory is gone with all that was in it', async () => {
  const dir = await tempDir();
  await writeFile(join(dir.path, 'file'), 'x');
  await dir.remove();
  await expect(access(dir.path)).rejects.toThrow();
});
