import { randomUUID } from 'node:crypto';
import {
  DEFAULT_SETTINGS,
  mayAny,
  ORGANISATION_ROLES,
  type Principal,
  WORKSPACE_ROLES,
} from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import { beforeAll, describe, expect, test } from 'vitest';
import { authenticate } from '../access/authenticate.ts';
import type { OpenCall } from '../http/call.ts';
import type { Route } from '../http/route.ts';
import { routes } from '../http/routes/index.ts';
import { sessionHeaders, type Tenant, type TestPlatform } from '../testing/platform.ts';
import { roleSamples, type Sample } from '../testing/role-samples.ts';

type Guarded = Exclude<Route, { kind: 'open' }>;

const guarded = routes.flatMap((route) => (route.kind === 'open' ? [] : [route]));
const ROLES = ORGANISATION_ROLES.flatMap((organisation) =>
  [...WORKSPACE_ROLES, 'none' as const].map((workspace) => ({ organisation, workspace })),
);

/** Routes that judge by more than the tables: they are looked at by tests of their own. */
const OWN_RULES: ReadonlySet<string> = new Set([
  // For keys only: a person has no key to look at.
  'GET /api-keys/self',
  // Refused to everybody with a sentence.
  'POST /prompts/:prompt/share',
  'PUT /prompts/:prompt/share',
  'DELETE /prompts/:prompt/share',
  'POST /prompts/:prompt/unshare',
]);

/** What there is nothing behind yet is open to nobody, and says so to everybody. */
const NOT_THERE = 501;

class Undo extends Error {}

/** What people may do: every role in the organization with every role in a workspace, on every route. */
export const rolesConformance = (platform: () => TestPlatform): void => {
  describe('roles', () => {
    let tenant: Tenant;
    let workspaceId: string;
    let sampleOf: (method: string, path: string) => Sample;
    const sessions = new Map<string, string>();

    beforeAll(async () => {
      tenant = await platform().tenant();
      ({ workspaceId, sampleOf } = await roleSamples(platform(), tenant));
      for (const { organisation, workspace } of ROLES) {
        const roles = workspace === 'none' ? {} : { [workspaceId]: workspace };
        const person = await tenant.person(organisation, roles);
        sessions.set(`${organisation} ${workspace}`, await platform().session(tenant, person));
      }
    });

    const callFor = (route: Guarded, { params = {}, body = {} }: Sample, session: string): OpenCall => ({
      method: route.method,
      uri: `/v1${route.path}`,
      ids: { requestId: randomUUID(), traceId: randomUUID() },
      params,
      query: { workspace_id: workspaceId },
      body,
      items: undefined,
      headers: sessionHeaders(session, platform().deps.settings.publicUrl),
      clientIp: '127.0.0.1',
      nowMs: Date.now(),
      ignored: new Set(),
    });

    /** The status that a route would answer; whatever it does is undone, so that the next role finds everything in its place. */
    const statusOf = async (route: Guarded, call: OpenCall): Promise<{ status: number; principal: Principal }> => {
      const { deps } = platform();
      const caller = await authenticate(call, deps);
      const answer = async (): Promise<number> => {
        try {
          await deps.db.transaction(async (tx) => {
            if (route.kind === 'read') await route.read({ ...call, ...caller }, tx, deps);
            else if (route.kind === 'write') await route.write({ ...call, ...caller }, tx, deps);
            else await route.record({ ...call, ...caller }, tx, deps);
            throw new Undo();
          });
        } catch (error) {
          if (error instanceof PlatformError) return error.status;
          if (!(error instanceof Undo)) throw error;
        }
        return 200;
      };
      return { status: await answer(), principal: caller.principal };
    };

    test.each(
      guarded
        .map((route) => [`${route.method} ${route.path}`, route] as const)
        .filter(([name]) => !OWN_RULES.has(name)),
    )('%s is open to those whom the tables name, and to nobody else', async (_name, route) => {
      const sample = sampleOf(route.method, route.path);
      const found: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const { organisation, workspace } of ROLES) {
        const name = `${organisation} ${workspace}`;
        const { status, principal } = await statusOf(route, callFor(route, sample, sessions.get(name) ?? ''));
        const decision = mayAny(
          principal,
          sample.judgedBy ?? route.scopes,
          {
            organisationId: tenant.organizationId,
            workspaceId: sample.isForAll === true ? null : workspaceId,
            named: 'object',
          },
          { organisationIsActive: true, settings: DEFAULT_SETTINGS },
        );
        if (status === NOT_THERE) continue;
        expected[name] = decision.allowed ? 'allowed' : 'refused';
        found[name] = status === 403 || status === 404 ? 'refused' : 'allowed';
      }
      expect(found).toEqual(expected);
      expect([0, ROLES.length]).toContain(Object.keys(found).length);
    });
  });
};
