import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { TestPlatform } from '../testing/platform.ts';
import { tidyUp } from './housekeeping.ts';

/** What tidying up removes, and what it leaves alone. */
export const housekeepingConformance = (platform: () => TestPlatform): void => {
  describe('tidying up', () => {
    test('sessions and sign-ins whose time is over go, others stay', async () => {
      const { db } = platform().deps;
      const tenant = await platform().tenant();
      const userId = await tenant.person('member');
      const addSession = async (expiresAt: string): Promise<Uint8Array> => {
        const digest = randomBytes(32);
        await db.query(
          `insert into sessions (token_digest, user_id, organization_id, expires_at) values ($1, $2, $3, now() + $4::interval)`,
          [digest, userId, tenant.organizationId, expiresAt],
        );
        return digest;
      };
      await addSession('-1 second');
      const staying = await addSession('1 hour');
      const subject = randomBytes(32);
      await db.query(
        `insert into sign_in_failures (subject, failed_at) values ($1, now() - interval '2 days'), ($1, now())`,
        [subject],
      );
      await tidyUp(platform().deps);
      const left = await db.query('select token_digest from sessions where user_id = $1', [userId]);
      expect(left).toEqual([{ token_digest: new Uint8Array(staying) }]);
      expect(await db.query('select count(*) as total from sign_in_failures where subject = $1', [subject])).toEqual([
        { total: 1n },
      ]);
    });

    test('changes that gateways may still ask for stay', async () => {
      const { db } = platform().deps;
      const tenant = await platform().tenant();
      const name = `kept ${randomUUID()}`;
      await platform().call(await tenant.key(), 'POST', '/configs', { name, config: { virtual_key: 'main' } });
      await tidyUp(platform().deps);
      const [newest] = await db.query('select max(revision) as newest from changes');
      const [counter] = await db.query('select value from revision_counter');
      expect(newest?.newest).toBe(counter?.value);
    });
  });
};
