import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../testing/platform.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** What tokens that an organization signs itself may do at the management API. */
export const tokensConformance = (platform: () => TestPlatform): void => {
  describe('a token in the place of a key', () => {
    const good = pair();
    const other = pair();
    let tenant: Tenant;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
      const jwk = { ...good.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' };
      const put = await platform().call(admin, 'PUT', '/admin/organisation/settings', { jwks: { keys: [jwk] } });
      expect(put.status).toBe(200);
    });

    const sign = (
      claims: object = {},
      {
        key = good.privateKey,
        header = {},
        expires = '5m',
      }: { key?: KeyObject | Uint8Array; header?: object; expires?: string | number } = {},
    ): Promise<string> =>
      new SignJWT({
        portkey_oid: tenant.organizationId,
        portkey_workspace: tenant.workspaceSlug,
        scope: 'configs.list configs.create portkey.workspaces.read audit_logs.list',
        email_id: 'ada@example.com',
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...header })
        .setExpirationTime(expires)
        .sign(key);
    const list = async (token: string) => platform().call(token, 'GET', '/configs');

    test('does what a key of its workspace with its scopes may do, and is on record by its user', async () => {
      const token = await sign();
      expect((await list(token)).status).toBe(200);
      const made = await platform().call(token, 'POST', '/configs', { name: 'c', config: { virtual_key: 'm' } });
      expect(made.status).toBe(200);
      const { body } = await platform().call(admin, 'GET', '/audit-logs?user_type=jwt&resource_type=configs');
      expect(body.records).toMatchObject([{ user_id: 'ada@example.com', workspace_id: tenant.workspaceId }]);
      const bearer = await platform().app.inject({ url: '/v1/configs', headers: { authorization: `Bearer ${token}` } });
      expect(bearer.statusCode).toBe(200);
    });

    test('never has the power of an admin key, nor that of another workspace', async () => {
      const token = await sign();
      expect((await platform().call(token, 'GET', '/audit-logs')).status).toBe(403);
      const { body: second } = await platform().call(admin, 'POST', '/admin/workspaces', { name: 'second' });
      expect((await platform().call(token, 'GET', `/workspaces/${second.slug}`)).status).toBe(403);
      expect((await platform().call(token, 'GET', `/workspaces/${tenant.workspaceSlug}`)).status).toBe(200);
    });

    test.each([
      ['of another key under a known id', 401, () => sign({}, { key: other.privateKey })],
      ['of a key id that is not in the set', 401, () => sign({}, { key: other.privateKey, header: { kid: 'k2' } })],
      ['without a key id', 401, () => sign({}, { header: { kid: undefined } })],
      ['of another type', 401, () => sign({}, { header: { typ: 'at+jwt' } })],
      ['with another algorithm', 401, () => sign({}, { header: { alg: 'PS256' } })],
      ['with a shared secret', 401, () => sign({}, { key: Buffer.from('x'.repeat(32)), header: { alg: 'HS256' } })],
      ['past its time', 401, () => sign({}, { expires: Math.floor(Date.now() / 1_000) - 60 })],
      ['of an organisation that nobody knows', 403, () => sign({ portkey_oid: 'nobody' })],
      ['of a workspace that nobody knows', 403, () => sign({ portkey_workspace: 'ws-none-000000' })],
      ['without a workspace', 403, () => sign({ portkey_workspace: undefined })],
      ['without the scope', 403, () => sign({ scope: 'prompts.read' })],
    ])('%s is refused with %i', async (_what, status, make) => {
      expect((await list(await make())).status).toBe(status);
    });

    test('a workspace of another organisation is none of its own', async () => {
      const stranger = await platform().tenant();
      expect((await list(await sign({ portkey_workspace: stranger.workspaceId }))).status).toBe(403);
      expect((await list(await sign({ portkey_oid: stranger.organizationId }))).status).toBe(403);
    });

    test('a bad token is on record with its reason and without itself, and a flood of them is not', async () => {
      const token = await sign({}, { key: other.privateKey });
      await Promise.all(Array.from({ length: 30 }, () => list(token)));
      const { body } = await platform().call(admin, 'GET', '/audit-logs?user_type=jwt&resource_type=sessions');
      expect(body.total).toBe(20);
      expect(body.records[0]).toMatchObject({
        response_status_code: 401,
        after: expect.stringContaining('"reason":"signature"'),
      });
      expect(JSON.stringify(body)).not.toContain(token.split('.')[2]);
    });

    test('tokens stop with the key set', async () => {
      const token = await sign();
      await platform().call(admin, 'PUT', '/admin/organisation/settings', { jwks: null });
      expect((await list(token)).status).toBe(403);
    });
  });
};
