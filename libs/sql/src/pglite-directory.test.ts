import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirLocked } from '@portolan/service-kit';
import { type TempDir, tempDir, until } from '@portolan/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { startWriter } from './testing/start-writer.ts';

const TIMEOUT_MS = 240_000;
const INIT = { id: '0001_init', sql: 'create table pair (id integer, half text)' };

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

test(
  'a directory that is open is refused in one sentence, after a close it opens with its data',
  async () => {
    // What a first start leaves that was cut short.
    await mkdir(join(dir.path, 'pg.new'));
    await writeFile(join(dir.path, 'pg.new', 'PG_VERSION'), '18');

    const first = await openPglite({ dataDir: dir.path });
    await migrate(first, 'shop', [INIT]);
    await first.query(`insert into pair values (1, 'left')`);
    const second = openPglite({ dataDir: dir.path });
    await expect(second).rejects.toThrow(DataDirLocked);
    await expect(second).rejects.toThrow(`${dir.path} is in use by process ${process.pid}; stop it first`);
    await first.close();

    const again = await openPglite({ dataDir: dir.path });
    expect(await migrate(again, 'shop', [INIT])).toEqual([]);
    expect(await again.query('select * from pair')).toEqual([{ id: 1, half: 'left' }]);
    await again.close();
    expect(await readdir(dir.path)).not.toContain('pg.new');
  },
  TIMEOUT_MS,
);

test(
  'a writer killed in the middle loses nothing it acknowledged and leaves no half of a transaction',
  async () => {
    for (let round = 0; round < 2; round += 1) {
      const writer = await startWriter(dir.path);
      const goal = writer.firstId + 40;
      await until(() => writer.acknowledged() >= goal, { timeoutMs: TIMEOUT_MS, what: 'the writing of 40 pairs' });
      await writer.kill();
      const acknowledged = writer.acknowledged();

      const database = await openPglite({ dataDir: dir.path });
      const halves = await database.query('select id, count(*) as n from pair group by id order by id');
      await database.close();
      expect(halves.length).toBeGreaterThanOrEqual(acknowledged);
      expect(halves).toEqual(halves.map((_, position) => ({ id: position + 1, n: 2n })));
    }
  },
  TIMEOUT_MS,
);
