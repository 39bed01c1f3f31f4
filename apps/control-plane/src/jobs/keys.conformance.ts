import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../testing/platform.ts';
import { expireKeys, finishTransitions, warnEndingSecrets } from './keys.ts';
import { rotateDueKeys } from './rotate-keys.ts';

const NEVER = new AbortController().signal;
const HOUR_MS = 3_600_000;

/** What is due of keys by the clock, over any database. */
export const keyJobsConformance = (platform: () => TestPlatform): void => {
  describe('key jobs', () => {
    let tenant: Tenant;
    let service: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      service = await tenant.key();
    });
    const db = () => platform().deps.db;
    const create = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> => {
      const answer = await platform().call(service, 'POST', '/api-keys/workspace/service', {
        name: 'due',
        scopes: ['configs.list'],
        alert_emails: ['team@example.com'],
        ...body,
      });
      return answer.body;
    };
    const works = async (key: string) => (await platform().call(key, 'GET', '/configs')).status === 200;
    const delivered = (id: string) => platform().notifier.delivered.filter(({ facts }) => facts.api_key_id === id);
    const audited = async (id: string) =>
      db().query(
        `select actor_type, actor_id, action, after from audit_log where organization_id = $1 and resource_id = $2 and actor_type = 'job' order by sequence`,
        [tenant.organizationId, id],
      );
    const generation = async (id: string) =>
      Number((await db().query('select generation from api_keys where id = $1', [id]))[0]?.generation);
    const makeDue = (id: string) =>
      db().query(`update api_keys set next_rotation_at = now() - interval '1 second' where id = $1`, [id]);
    const rotating = { rotation_policy: { rotation_period_days: 7, key_transition_period_ms: 2 * HOUR_MS } };

    test('an expired key is put on record once, and gateways hear of it', async () => {
      const { id } = await create();
      await db().query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [id]);
      const before = await generation(id);
      await expireKeys(platform().deps, NEVER);
      await expireKeys(platform().deps, NEVER);
      expect(await generation(id)).toBe(before + 1);
      expect(await audited(id)).toMatchObject([{ actor_id: 'expire-keys', after: { status: 'expired' } }]);
      const [change] = await db().query(
        `select max(revision) as revision from changes where kind = 'api_key' and entity_id = $1`,
        [id],
      );
      expect(change?.revision).toEqual(expect.any(BigInt));
    });

    test('so is an expired virtual key', async () => {
      const { id, slug } = (
        await platform().call(service, 'POST', '/virtual-keys', {
          name: 'v',
          provider: 'openai',
          key: 'sk-secret-0000',
        })
      ).body;
      await db().query(`update virtual_keys set expires_at = now() - interval '1 second' where id = $1`, [id]);
      await expireKeys(platform().deps, NEVER);
      await expireKeys(platform().deps, NEVER);
      expect(await audited(id)).toHaveLength(1);
      await platform().call(service, 'PUT', `/virtual-keys/${slug}`, { expires_at: '2099-01-01T00:00:00Z' });
      await expireKeys(platform().deps, NEVER);
      expect(await audited(id)).toHaveLength(1);
    });

    test('a key that is due gets a new secret, which goes to its owner and nowhere else', async () => {
      const { id, key } = await create(rotating);
      await makeDue(id);
      await rotateDueKeys(platform().deps, NEVER);
      const [message, ...more] = delivered(id);
      expect(more).toEqual([]);
      expect(message).toMatchObject({ kind: 'api_key_rotated', to: ['team@example.com'] });
      const secret = message?.secret?.reveal() ?? '';
      expect(await works(key)).toBe(true);
      expect(await works(secret)).toBe(true);
      expect(JSON.stringify(message)).not.toContain(secret);
      expect(await audited(id)).toMatchObject([
        { actor_id: 'rotate-keys', action: 'rotate', after: { rotation_mode: 'auto', api_key_id: id } },
      ]);
      const [row] = await db().query('select next_rotation_at > now() as later from api_keys where id = $1', [id]);
      expect(row?.later).toBe(true);
      await rotateDueKeys(platform().deps, NEVER);
      expect(delivered(id)).toHaveLength(1);
    });

    test('a user key is sent to its user', async () => {
      const userId = await tenant.person('member', { [tenant.workspaceId]: 'member' });
      const { body } = await platform().call(service, 'POST', '/api-keys/workspace/user', {
        name: 'mine',
        scopes: ['configs.list'],
        user_id: userId,
        alert_emails: ['team@example.com'],
        ...rotating,
      });
      await makeDue(body.id);
      await rotateDueKeys(platform().deps, NEVER);
      expect(delivered(body.id)).toMatchObject([{ to: [`${userId}@example.com`] }]);
    });

    test('a key stays as it is when its new secret reaches nobody, and is tried again later', async () => {
      const { id, key } = await create(rotating);
      const lonely = await create({ ...rotating, alert_emails: [] });
      for (const each of [id, lonely.id]) await makeDue(each);
      platform().notifier.fail(true);
      try {
        await rotateDueKeys(platform().deps, NEVER);
      } finally {
        platform().notifier.fail(false);
      }
      for (const each of [id, lonely.id]) {
        const [row] = await db().query(
          `select (select count(*) from api_key_secrets s where s.api_key_id = k.id) as secrets, next_rotation_at > now() as later
           from api_keys k where id = $1`,
          [each],
        );
        expect(row).toEqual({ secrets: 1n, later: true });
      }
      expect(await works(key)).toBe(true);
      await makeDue(id);
      await rotateDueKeys(platform().deps, NEVER);
      expect(delivered(id)).toHaveLength(1);
    });

    test('a key with a single time is rotated once', async () => {
      const { id } = await create({ rotation_policy: { next_rotation_at: '2099-01-01T00:00:00Z' } });
      await makeDue(id);
      await rotateDueKeys(platform().deps, NEVER);
      expect(delivered(id)).toHaveLength(1);
      expect((await platform().call(service, 'GET', `/api-keys/${id}`)).status).toBe(200);
      const [row] = await db().query('select rotation_policy, next_rotation_at from api_keys where id = $1', [id]);
      expect(row).toEqual({ rotation_policy: null, next_rotation_at: null });
    });

    test('two workers at once rotate a key once', async () => {
      const { id } = await create(rotating);
      await makeDue(id);
      await Promise.all([1, 2, 3].map(() => rotateDueKeys(platform().deps, NEVER)));
      expect(delivered(id)).toHaveLength(1);
    });

    test('owners are told once that an old secret ends, and it goes when it has ended', async () => {
      const { id, key } = await create();
      const { body } = await platform().call(service, 'POST', `/api-keys/${id}/rotate`, {});
      await warnEndingSecrets(platform().deps, NEVER);
      await warnEndingSecrets(platform().deps, NEVER);
      expect(delivered(id)).toMatchObject([{ kind: 'api_key_secret_ends', to: ['team@example.com'] }]);
      expect(JSON.stringify(delivered(id))).not.toContain(key);
      await finishTransitions(platform().deps, NEVER);
      expect(await works(key)).toBe(true);
      await db().query(
        `update api_key_secrets set ends_at = now() - interval '1 second' where api_key_id = $1 and ends_at is not null`,
        [id],
      );
      const before = await generation(id);
      await finishTransitions(platform().deps, NEVER);
      await finishTransitions(platform().deps, NEVER);
      expect(await generation(id)).toBe(before + 1);
      expect(await works(key)).toBe(false);
      expect(await works(body.key)).toBe(true);
      expect((await audited(id)).at(-1)).toMatchObject({ actor_id: 'finish-transitions' });
      expect((await platform().call(service, 'POST', `/api-keys/${id}/rotate`, {})).status).toBe(200);
    });
  });
};
