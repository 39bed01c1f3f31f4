import { createApiKey } from '@portolan/api-key';
import { describe, expect, test } from 'vitest';
import type { TestPlatform } from '../testing/platform.ts';
import { prepareFirstStart } from './first-start.ts';

const organizationName = 'First';

/** What the first start promises; runs before anything else is in the database. */
export const firstStartConformance = (platform: () => TestPlatform): void => {
  describe('the first start', () => {
    const statusOf = async (key: string): Promise<number> => (await platform().call(key, 'GET', '/configs')).status;
    const own = 'a-key-that-was-made-elsewhere-0001';
    const admin = createApiKey();

    test('makes one tenant with a workspace, however many instances start at once', async () => {
      const start = () => prepareFirstStart(platform().deps, { organizationName, workspaceKey: own, adminKey: admin });
      await Promise.all([start(), start(), start()]);
      await start();
      const { db } = platform().deps;
      expect(await db.query('select name, slug from organizations')).toEqual([
        { name: organizationName, slug: 'default' },
      ]);
      expect(await db.query('select name, is_default from workspaces')).toEqual([
        { name: 'Shared Team', is_default: true },
      ]);
      expect((await db.query('select name from labels order by name')).map(({ name }) => name)).toEqual([
        'development',
        'production',
        'staging',
      ]);
      expect(await db.query('select count(*) as total from api_keys')).toEqual([{ total: 2n }]);
    });

    test('keys of the settings work, also one that was made elsewhere', async () => {
      expect(await statusOf(own)).toBe(200);
      expect(await statusOf(admin)).toBe(200);
    });

    test('another key in its place ends the one before', async () => {
      const next = createApiKey();
      await prepareFirstStart(platform().deps, { organizationName, workspaceKey: next, adminKey: undefined });
      expect(await statusOf(next)).toBe(200);
      expect(await statusOf(own)).toBe(401);
      expect(await statusOf(admin)).toBe(200);
    });
  });
};
