import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiKeyType } from '@portolan/access-control';
import { createApiKey } from '@portolan/api-key';
import { createTrust } from '@portolan/egress-rules';
import { createLogger, systemClock } from '@portolan/service-kit';
import { type MigratableDatabase, migrate, readMigrations } from '@portolan/sql';
import { createKeySets } from '@portolan/token-auth';
import type { FastifyInstance } from 'fastify';
import { Agent } from 'undici';
import { createPasswords } from '../access/passwords.ts';
import { csrfTokenOf, digestToken, newToken } from '../access/session-token.ts';
import type { Deps } from '../deps.ts';
import { sessionCookieName } from '../http/cookies.ts';
import { createServer } from '../http/server.ts';
import { createOrganization } from '../setup/create-organization.ts';
import { issueApiKey } from '../setup/issue-api-key.ts';
import { insertSession } from '../store/sessions.ts';
import { type NotifierStandIn, notifierStandIn } from './notifier-stand-in.ts';
import { type VaultStandIn, vaultStandIn } from './vault-stand-in.ts';

/** A database with the control plane's tables. */
export const withTables = async (database: MigratableDatabase): Promise<MigratableDatabase> => {
  await migrate(database, 'control-plane', await readMigrations(new URL('../build.ts', import.meta.url).href));
  return database;
};

const SESSION = 'session ';

/** What the browser of a session sends along with a change. */
export const sessionHeaders = (session: string, publicUrl: string): Record<string, string> => {
  const token = session.slice(SESSION.length);
  return { cookie: `${sessionCookieName(publicUrl)}=${token}`, 'x-portolan-csrf': csrfTokenOf(token) };
};

const credentialHeaders = (credential: string, publicUrl: string): Record<string, string> =>
  credential.startsWith(SESSION) ? sessionHeaders(credential, publicUrl) : { 'x-portkey-api-key': credential };

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a body is looked at by matchers, whatever it is
  readonly body: any;
}

/** A tenant of a test: every test file has one or more of its own in a shared database. */
export interface Tenant {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly workspaceSlug: string;
  /** A key with all scopes of its type, or with the given ones. */
  key(
    type?: ApiKeyType,
    options?: { readonly scopes?: readonly string[]; readonly workspaceId?: string; readonly userId?: string },
  ): Promise<string>;
  /** A person with a role in the organization, and roles in workspaces by their ids. @returns its id */
  person(
    role: 'owner' | 'admin' | 'member',
    workspaceRoles?: Readonly<Record<string, 'admin' | 'manager' | 'member'>>,
  ): Promise<string>;
}

export interface TestPlatform {
  readonly app: FastifyInstance;
  readonly deps: Deps;
  readonly vault: VaultStandIn;
  readonly notifier: NotifierStandIn;
  tenant(): Promise<Tenant>;
  /** The same database behind a control plane with something else in it. */
  with(changes: Partial<Deps>): TestPlatform;
  /** A session of a person, as its browser has it: to be used in the place of a key. */
  session(tenant: Pick<Tenant, 'organizationId'>, userId: string): Promise<string>;
  /** A request as an SDK sends it, or, with a session, as the console does. */
  call(key: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<TestAnswer>;
}

/** The control plane over a database, without network. */
export const testPlatform = (db: MigratableDatabase, changes: Partial<Deps> = {}): TestPlatform => {
  const vault = vaultStandIn();
  const notifier = notifierStandIn();
  const deps: Deps = {
    db,
    vault,
    notifier,
    clock: systemClock,
    log: createLogger('control-plane', 'silent'),
    newId: randomUUID,
    randomBytes,
    identityProvider: null,
    keySets: createKeySets(new Agent(), systemClock),
    passwords: createPasswords({ cost: { logN: 4, r: 8, p: 1 } }),
    settings: {
      publicUrl: 'https://portolan.example',
      sessionLifetimeS: 3_600,
      signIn: { allowedDomains: [], autoProvision: false },
      trust: createTrust(['localhost']),
    },
    ...changes,
  };
  const app = createServer({ deps, bodyLimitBytes: 1_048_576, requestTimeoutMs: 10_000, trustedProxies: [] });

  const tenant = async (): Promise<Tenant> => {
    const organizationId = randomUUID();
    const { workspaceId, workspaceSlug } = await db.transaction((tx) =>
      createOrganization(tx, { id: organizationId, slug: `org-${organizationId.slice(0, 8)}`, name: 'Test' }, deps),
    );
    return {
      organizationId,
      workspaceId,
      workspaceSlug,
      key: async (type = 'workspace-service', options = {}) => {
        const key = createApiKey();
        const { current } = await vault.peppers();
        await db.transaction((tx) =>
          issueApiKey(tx, current, {
            id: randomUUID(),
            key,
            type,
            organizationId,
            workspaceId: type === 'organisation-service' ? null : (options.workspaceId ?? workspaceId),
            name: 'a key of a test',
            by: 'test',
            ...(options.userId === undefined ? {} : { userId: options.userId }),
            ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
          }),
        );
        return key;
      },
      person: async (role, workspaceRoles = {}) => {
        const id = randomUUID();
        await db.query('insert into users (id, email, first_name, last_name) values ($1, $2, $3, $4)', [
          id,
          `${id}@example.com`,
          'Ada',
          'Test',
        ]);
        await db.query('insert into organization_members (organization_id, user_id, role) values ($1, $2, $3)', [
          organizationId,
          id,
          role,
        ]);
        for (const [workspace, workspaceRole] of Object.entries(workspaceRoles)) {
          await db.query('insert into workspace_members (workspace_id, user_id, role) values ($1, $2, $3)', [
            workspace,
            id,
            workspaceRole,
          ]);
        }
        return id;
      },
    };
  };

  return {
    app,
    deps,
    vault,
    notifier,
    tenant,
    with: (more) => testPlatform(db, { ...changes, ...more }),
    session: async ({ organizationId }, userId) => {
      const token = newToken(deps.randomBytes);
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + 3_600_000);
      await insertSession(db, { tokenDigest: digestToken(token), userId, organizationId, createdAt, expiresAt });
      return `${SESSION}${token}`;
    },
    call: async (key, method, path, body) => {
      const answer = await app.inject({
        method,
        url: `/v1${path}`,
        headers: { ...credentialHeaders(key, deps.settings.publicUrl), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    },
  };
};
