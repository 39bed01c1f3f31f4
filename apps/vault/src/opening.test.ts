import { SchemaRefused } from '@portolan/sql';
import { expect, test } from 'vitest';
import { type OpeningSettings, openVault } from './opening.ts';

const start = (settings: Partial<OpeningSettings>) => {
  const failures: unknown[] = [];
  const stopping = new AbortController();
  const opening = openVault({
    steps: [],
    retryMs: 1,
    retryMaxMs: 2,
    onFailure: (error) => failures.push(error),
    signal: stopping.signal,
    ...settings,
  });
  return { opening, failures, stopping };
};

test('what fails is tried again from the first step, until all have succeeded', async () => {
  const ran: string[] = [];
  let left = 3;
  const { opening, failures } = start({
    steps: [
      async () => void ran.push('first'),
      async () => {
        ran.push('second');
        left -= 1;
        if (left > 0) throw new Error('not yet');
      },
    ],
  });
  await opening;
  expect(ran).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
  expect(failures).toHaveLength(2);
});

test('a schema that is refused is not waited for', async () => {
  const refused = new SchemaRefused('It is newer.');
  const { opening, failures } = start({ steps: [() => Promise.reject(refused)] });
  await expect(opening).rejects.toBe(refused);
  expect(failures).toEqual([]);
});

test('a vault that is told to stop does not go on waiting', async () => {
  const { opening, stopping } = start({
    steps: [() => Promise.reject(new Error('never'))],
    retryMs: 3_600_000,
    retryMaxMs: 3_600_000,
  });
  stopping.abort();
  await opening;
});
