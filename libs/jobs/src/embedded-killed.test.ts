import { openPglite } from '@portolan/sql';
import { tempDir } from '@portolan/testing';
import { expect, test } from 'vitest';
import { othersTakeOver } from './killed-worker.conformance.ts';
import { freshName } from './testing/arena.ts';
import { KILLED_IN } from './testing/orders.ts';
import { killWorkerIn } from './testing/start-worker-process.ts';

test('a process killed in the middle of a job loses none: the next one that opens the data goes on', async () => {
  const dir = await tempDir();
  try {
    const queue = freshName();
    const killed = await killWorkerIn(KILLED_IN, { kind: 'embedded', place: dir.path, queue });
    const database = await openPglite({ dataDir: dir.path });
    try {
      await othersTakeOver({ kind: 'embedded', database }, queue, killed);
    } finally {
      await database.close();
    }
    expect(killed.begun.at(-1)).toBe(KILLED_IN);
  } finally {
    await dir.remove();
  }
}, 240_000);
