import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPglite } from '@portolan/sql';
import { secretsSeenIn, tempDir } from '@portolan/testing';
import { expect, test } from 'vitest';
import { plantSecrets } from './testing/plant-secrets.ts';
import { testPlatform, withTables } from './testing/platform.ts';

/** Opening and closing take some seconds alone, and long on a busy machine. */
const TIMEOUT_MS = 180_000;

test(
  'V1: whoever has the directory of the embedded database has no secret of a config, no key, no cookie, no invite, no sign-in',
  async () => {
    const directory = await tempDir();
    try {
      const database = await withTables(await openPglite({ dataDir: directory.path }));
      const platform = testPlatform(database);
      const { secrets, visible } = await plantSecrets(platform, await platform.tenant());
      await database.query('checkpoint');
      await database.close();

      let files = 0;
      let seesWhatIsThere = false;
      for (const entry of await readdir(directory.path, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const content = await readFile(join(entry.parentPath, entry.name));
        files += 1;
        seesWhatIsThere ||= content.includes(visible);
        expect(secretsSeenIn(content, secrets), entry.name).toEqual([]);
      }
      expect(files).toBeGreaterThan(100);
      expect(seesWhatIsThere).toBe(true);
      expect(secrets.length).toBeGreaterThan(90);
    } finally {
      await directory.remove();
    }
  },
  TIMEOUT_MS,
);
