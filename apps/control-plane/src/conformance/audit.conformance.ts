import { describe, expect, test } from 'vitest';
import { hashedColumns } from '../audit/append.ts';
import { CHAIN_START, chainHash } from '../audit/chain.ts';
import type { TestPlatform } from '../testing/platform.ts';

/** What the audit log promises. */
export const auditConformance = (platform: () => TestPlatform): void => {
  describe('the audit log', () => {
    test('a write leaves one row with who, what, before and after, and no secret', async () => {
      const tenant = await platform().tenant();
      const key = await tenant.key();
      const secret = 'sk-a-secret-that-nobody-may-see';
      const config = { provider: 'openai', api_key: secret };
      const { slug } = (await platform().call(key, 'POST', '/configs', { name: 'first', config })).body;
      await platform().call(key, 'PUT', `/configs/${slug}`, { name: 'second', apiKey: secret });
      const rows = await platform().deps.db.query(
        'select * from audit_log where organization_id = $1 order by sequence',
        [tenant.organizationId],
      );
      expect(rows).toHaveLength(2);
      expect(rows[1]).toMatchObject({
        actor_type: 'api_key',
        method: 'PUT',
        uri: `/v1/configs/${slug}`,
        resource_type: 'configs',
        action: 'update',
        response_status_code: 200,
        workspace_id: tenant.workspaceId,
        before: { name: 'first' },
        after: { name: 'second' },
      });
      const text = JSON.stringify(rows, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
      expect(text).not.toContain(secret);
      expect(text).not.toContain(key);
    });

    test('each row is chained to the one before it, also when many write at once', async () => {
      const tenant = await platform().tenant();
      const key = await tenant.key();
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, at) =>
          platform().call(key, 'POST', '/configs', { name: `c${at}`, config: { virtual_key: 'main' } }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
      const rows = await platform().deps.db.query(
        `select *, query_params::text as q, request_body::text as b, request_headers::text as h, before::text as old, after::text as new
         from audit_log where organization_id = $1 order by sequence`,
        [tenant.organizationId],
      );
      let previous = CHAIN_START;
      for (const row of rows) {
        expect(row.previous_hash).toBe(previous);
        const columns = {
          ...Object.fromEntries(Object.keys(hashedColumns(emptyEntry, 0n)).map((name) => [name, row[name]])),
          sequence: String(row.sequence),
          at: row.at instanceof Date ? row.at.toISOString() : row.at,
          query_params: row.q,
          request_body: row.b,
          request_headers: row.h,
          before: row.old,
          after: row.new,
        };
        expect(chainHash(previous, columns)).toBe(row.hash);
        previous = String(row.hash);
      }
      expect(rows).toHaveLength(12);
    });

    test('no row can be changed or taken out', async () => {
      const { db } = platform().deps;
      await expect(db.query(`update audit_log set uri = 'other'`)).rejects.toThrow();
      await expect(db.query('delete from audit_log')).rejects.toThrow();
      await expect(db.query('truncate audit_log')).rejects.toThrow();
    });
  });
};

const emptyEntry = {
  organizationId: '',
  workspaceId: null,
  atMs: 0,
  requestId: '',
  actor: { type: 'job', id: '' },
  method: '',
  uri: '',
  query: {},
  body: {},
  headers: {},
  resource: 'configs',
  resourceId: null,
  action: 'create',
  status: 200,
  clientIp: null,
  before: undefined,
  after: undefined,
} as const;
