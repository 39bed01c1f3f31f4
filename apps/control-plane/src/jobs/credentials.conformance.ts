import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../testing/platform.ts';
import { reconcileCredentials } from './credentials.ts';

const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;

/** What is made right between the vault and what uses it, over any database. */
export const credentialJobsConformance = (platform: () => TestPlatform): void => {
  describe('reconciling credentials', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const later = (minutes: number) => ({
      ...platform().deps,
      clock: { wallMs: () => Date.now() + minutes * MINUTE_MS, monotonicMs: () => performance.now() },
    });
    const put = async (organizationId: string): Promise<string> => {
      const id = randomUUID();
      await platform().vault.create({
        id,
        organizationId,
        workspaceId: null,
        provider: 'openai',
        settings: { key: 'sk-secret-000000' },
        actor: 'user:test',
      });
      return id;
    };
    const isRevoked = (id: string) => platform().vault.stored.get(id)?.revoked;

    test('a credential that nothing uses is revoked, once it is older than any write under way', async () => {
      const unused = await put(tenant.organizationId);
      const used = (
        await platform().call(key, 'POST', '/virtual-keys', { name: 'v', provider: 'openai', key: 'sk-secret-111111' })
      ).body;
      const [row] = await platform().deps.db.query(
        'select i.credential_id from virtual_keys v join integrations i on i.id = v.integration_id where v.id = $1',
        [used.id],
      );
      await reconcileCredentials(later(5), NEVER);
      expect(isRevoked(unused)).toBe(false);
      await reconcileCredentials(later(11), NEVER);
      await reconcileCredentials(later(11), NEVER);
      expect(isRevoked(unused)).toBe(true);
      expect(isRevoked(String(row?.credential_id))).toBe(false);
    });

    test('a credential whose end failed while the vault was away ends now', async () => {
      const { id, slug } = (
        await platform().call(key, 'POST', '/virtual-keys', { name: 'v', provider: 'openai', key: 'sk-secret-111111' })
      ).body;
      const [row] = await platform().deps.db.query(
        'select i.credential_id from virtual_keys v join integrations i on i.id = v.integration_id where v.id = $1',
        [id],
      );
      platform().vault.fail(true);
      await platform().call(key, 'DELETE', `/virtual-keys/${slug}`);
      platform().vault.fail(false);
      expect(isRevoked(String(row?.credential_id))).toBe(false);
      await reconcileCredentials(later(11), NEVER);
      expect(isRevoked(String(row?.credential_id))).toBe(true);
    });

    test('what the vault changed behind our back is shown afterwards', async () => {
      const { id, slug } = (
        await platform().call(key, 'POST', '/virtual-keys', { name: 'v', provider: 'openai', key: 'sk-secret-222222' })
      ).body;
      const [row] = await platform().deps.db.query(
        'select i.credential_id from virtual_keys v join integrations i on i.id = v.integration_id where v.id = $1',
        [id],
      );
      await platform().vault.update({
        organizationId: tenant.organizationId,
        id: String(row?.credential_id),
        actor: 'user:test',
        settings: { key: 'sk-secret-333333', openai_project: 'p' },
      });
      await reconcileCredentials(later(0), NEVER);
      expect((await platform().call(key, 'GET', `/virtual-keys/${slug}`)).body).toMatchObject({
        masked_api_key: 'sk********333',
        model_config: { openaiProject: 'p' },
      });
    });

    test('credentials of organisations that are not here, and very many at once, are left alone', async () => {
      const foreign = await put(randomUUID());
      const own = await platform().tenant();
      const many = await Promise.all(Array.from({ length: 60 }, () => put(own.organizationId)));
      await reconcileCredentials(later(11), NEVER);
      expect([foreign, ...many].map(isRevoked)).not.toContain(true);
    });
  });
};
