import { beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../../../audit/verify.ts';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const config = { virtual_key: 'main' };

/** What reading the audit log promises, over any database. */
export const auditLogsConformance = (platform: () => TestPlatform): void => {
  describe('audit logs', () => {
    let tenant: Tenant;
    let admin: string;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
      key = await tenant.key();
      const { slug } = (await call(key, 'POST', '/configs', { name: 'one', config })).body;
      await call(key, 'PUT', `/configs/${slug}`, { name: 'two' });
      await call(key, 'DELETE', `/configs/${slug}`);
      await call(admin, 'POST', '/admin/workspaces', { name: '' });
      const person = await platform().session(tenant, await tenant.person('admin'));
      await call(person, 'POST', '/admin/workspaces', { name: 'By hand' });
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const records = async (query: string) => (await call(admin, 'GET', `/audit-logs?${query}`)).body;

    test('every write is a record, the newest first, also one that was refused', async () => {
      const {
        records: found,
        total,
        object,
      } = await records(
        `start_time=2020-01-01T00:00:00Z&end_time=2099-01-01T00:00:00Z&organisation_id=${tenant.organizationId}`,
      );
      expect({ total, object }).toEqual({ total: 5, object: 'list' });
      expect(
        found.map((row: Record<string, unknown>) => [row.action, row.resource_type, row.response_status_code]),
      ).toEqual([
        ['create', 'workspaces', 200],
        ['create', 'workspaces', 400],
        ['delete', 'configs', 200],
        ['update', 'configs', 200],
        ['create', 'configs', 200],
      ]);
      expect(found[3]).toMatchObject({
        timestamp: expect.stringMatching(/Z$/),
        user_type: 'api_key',
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        method: 'PUT',
        query_params: '{}',
        request_body: '{"name":"two"}',
        request_headers: expect.stringContaining('content-type'),
        client_ip: '127.0.0.1',
        country: null,
        sequence: '2',
      });
    });

    test.each([
      ['method=DELETE', 1],
      ['uri=/configs', 3],
      ['user_type=user', 1],
      ['userType=user', 1],
      ['response_status_code=400', 1],
      ['resource_type=configs&action=update', 1],
      ['client_ip=127.0.0.1', 5],
      ['client_ip=10.0.0.1', 0],
      ['country=DE', 0],
      ['end_time=2020-01-01T00:00:00Z', 0],
      ['request_id=none', 0],
    ])('%s finds %i', async (query, total) => {
      expect((await records(query)).total).toBe(total);
    });

    test('the workspace is named by id or slug, and pages keep their total', async () => {
      for (const ref of [tenant.workspaceId, tenant.workspaceSlug]) {
        expect((await records(`workspace_id=${ref}`)).total).toBe(3);
      }
      const page = await records('page_size=2&current_page=1');
      expect(page.total).toBe(5);
      expect(page.records.map(({ sequence }: { sequence: string }) => sequence)).toEqual(['3', '2']);
    });

    test('a wrong filter is named, and another organisation’s log is not shown', async () => {
      expect((await call(admin, 'GET', '/audit-logs?start_time=yesterday')).body.error.param).toBe('start_time');
      const other = await platform().tenant();
      expect((await call(admin, 'GET', `/audit-logs?organisation_id=${other.organizationId}`)).status).toBe(403);
      expect((await call(key, 'GET', '/audit-logs')).status).toBe(403);
      const member = await platform().session(tenant, await tenant.person('member'));
      expect((await call(member, 'GET', '/audit-logs')).status).toBe(403);
    });

    test('an untouched log is found intact, in one piece or in several', async () => {
      const { body } = await call(admin, 'GET', '/audit-logs/verify');
      expect(body).toEqual({
        object: 'audit-verification',
        intact: true,
        checked: 5,
        first_broken_sequence: null,
        last_sequence: '5',
        has_more: false,
      });
      expect((await call(admin, 'GET', '/audit-logs/verify?after_sequence=3')).body).toMatchObject({
        intact: true,
        checked: 2,
      });
      const part = await verifyChain(platform().deps.db, tenant.organizationId, 0n, 2);
      expect(part).toEqual({ checked: 2, firstBroken: null, until: 2n, hasMore: true });
    });

    test.each([
      ['a changed row', `update audit_log set uri = '/v1/other' where organization_id = $1 and sequence = 3`, '3'],
      ['a row that was taken out', 'delete from audit_log where organization_id = $1 and sequence = 2', '2'],
      ['an end that was cut off', 'delete from audit_log where organization_id = $1 and sequence = 3', '3'],
    ])('%s is found, by its number', async (_name, statement, sequence) => {
      const other = await platform().tenant();
      const otherKey = await other.key();
      const length = statement.includes('sequence = 2') ? 4 : 3;
      for (let at = 0; at < length; at += 1) await call(otherKey, 'POST', '/configs', { name: `${at}`, config });
      const { db } = platform().deps;
      await db.query('alter table audit_log disable trigger audit_log_is_append_only');
      await db.query(statement, [other.organizationId]);
      await db.query('alter table audit_log enable trigger audit_log_is_append_only');
      const found = await call(await other.key('organisation-service'), 'GET', '/audit-logs/verify');
      expect(found.body).toMatchObject({ intact: false, first_broken_sequence: sequence });
    });
  });
};
