import { type ApiKeyType, scopesFor } from '@portolan/access-control';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../http/route.ts';
import { routes } from '../http/routes/index.ts';
import type { Tenant, TestPlatform } from '../testing/platform.ts';

const guarded = routes.flatMap((route) => (route.kind === 'open' ? [] : [route]));
const KEY_TYPES: readonly ApiKeyType[] = ['organisation-service', 'workspace-service', 'workspace-user'];

const pathsOf = ({ path, aliases = [] }: Route): readonly string[] =>
  [path, ...aliases].map((each) => each.replaceAll(/:\w+/g, 'nothing'));

/** What holds on every route, taken from the list of routes itself, so that a new one cannot be forgotten. */
export const accessConformance = (platform: () => TestPlatform): void => {
  describe('every route', () => {
    const without = new Map<string, string>();
    const none = new Map<ApiKeyType, string>();
    let tenant: Tenant;

    beforeAll(async () => {
      tenant = await platform().tenant();
      const userId = await tenant.person('owner');
      for (const type of KEY_TYPES) {
        const user = type === 'workspace-user' ? { userId } : {};
        none.set(type, await tenant.key(type, { scopes: [], ...user }));
        for (const { scopes } of guarded) {
          const left = scopesFor(type).filter((scope) => !scopes.includes(scope));
          const name = `${type} ${scopes.join(' ')}`;
          if (!without.has(name)) without.set(name, await tenant.key(type, { scopes: left, ...user }));
        }
      }
    });

    test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s refuses without its scope',
      async (_name, route) => {
        for (const type of KEY_TYPES) {
          for (const path of pathsOf(route)) {
            const key = without.get(`${type} ${route.scopes.join(' ')}`) ?? '';
            const refused = await platform().call(key, route.method, path, route.method === 'GET' ? undefined : {});
            expect(refused, `${type} ${path}`).toMatchObject({
              status: 403,
              body: { success: false, data: { errorCode: 'AB03' }, error: { type: 'permission_denied' } },
            });
          }
        }
      },
    );

    test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s refuses strangers',
      async (_name, route) => {
        for (const key of ['', 'pk-nobody', 'x'.repeat(66)]) {
          const [path = ''] = pathsOf(route);
          const refused = await platform().call(key, route.method, path);
          expect(refused).toMatchObject({ status: 401, body: { data: { errorCode: 'AB05' } } });
          expect(refused.headers).toMatchObject({
            'content-type': expect.stringContaining('application/json'),
            'x-portkey-trace-id': expect.any(String),
            'x-portkey-request-id': expect.any(String),
          });
        }
      },
    );

    test('a refused write is in the audit log', async () => {
      const writes = guarded.filter(({ kind }) => kind === 'write');
      const key = none.get('workspace-service') ?? '';
      for (const route of writes) await platform().call(key, route.method, pathsOf(route)[0] ?? '', {});
      const rows = await platform().deps.db.query(
        'select count(*) as total from audit_log where organization_id = $1 and response_status_code = 403',
        [tenant.organizationId],
      );
      expect(Number(rows[0]?.total)).toBeGreaterThanOrEqual(writes.length);
    });
  });
};
