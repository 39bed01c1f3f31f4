import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createDispatcher, createTrust } from '@portolan/egress-rules';
import { createErrorCodec, createRpcClient, type RpcServer } from '@portolan/rpc';
import { CODES, type Logger, PlatformError, Secret, systemClock } from '@portolan/service-kit';
import { migrate, readMigrations } from '@portolan/sql';
import { createKeySets } from '@portolan/token-auth';
import type { FastifyInstance } from 'fastify';
import { createPasswords } from './access/passwords.ts';
import { rpcVault } from './adapters/vault/rpc.ts';
import { createFeed } from './change/feed.ts';
import type { ControlPlaneConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { createServer } from './http/server.ts';
import { openIdentityProvider } from './identity-provider.ts';
import { openJobs } from './jobs/queue.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openNotifier } from './notifier.ts';
import { openStores } from './open-stores.ts';
import { createGatewayRpc } from './rpc/server.ts';
import { type FirstStart, prepareFirstStart } from './setup/first-start.ts';
import { snapshotReaders } from './snapshot/readers.ts';
import { createWithheld } from './snapshot/withheld.ts';
import { openTransports } from './transport.ts';

const HEARTBEAT_MS = 5_000;
/** How soon the vault is asked again for keys that gateways wait for. */
const WITHHELD_RETRY_MS = 500;
const READY_CHECK_MS = 2_000;
/** To the servers that organizations keep their key sets on. */
const CONNECT_TIMEOUT_MS = 3_000;
const KEY_SET_CONNECTIONS = 2;

export interface ControlPlane {
  readonly server: FastifyInstance;
  readonly rpc: RpcServer;
  ready(): boolean;
  metrics(): ReturnType<Metrics['expose']>;
  /** What has to be there before anybody can do anything. Waits for the vault, which may still be starting. */
  prepare(signal: AbortSignal): Promise<void>;
  announceShutdown(): void;
  drain(graceMs: number): Promise<void>;
}

const readKey = async (file: string | undefined): Promise<string | undefined> =>
  file === undefined ? undefined : (await readFile(file, 'utf8')).trim() || undefined;

const readOwner = async ({
  CONTROL_PLANE_OWNER_EMAIL: email,
  CONTROL_PLANE_OWNER_PASSWORD_FILE: file,
}: ControlPlaneConfig): Promise<FirstStart['owner']> => {
  const password = await readKey(file);
  return email === undefined || password === undefined ? undefined : { email, password: new Secret(password) };
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);

/** Puts the control plane together: which adapter stands behind which port. */
export const buildControlPlane = async (config: ControlPlaneConfig, log: Logger): Promise<ControlPlane> => {
  const clock = systemClock;
  const transports = await openTransports(config, clock, log);
  const { db, queue } = await openStores(config);
  await migrate(db, 'control-plane', await readMigrations(import.meta.url));
  const errors = createErrorCodec({ CODES, PlatformError });
  const vaultClient = createRpcClient({
    target: config.CONTROL_PLANE_VAULT_TARGET,
    transport: transports.vault,
    errors,
    idempotent: [],
  });
  const notifier = await openNotifier(config, clock, log);
  const trust = createTrust(config.TRUSTED_CUSTOM_HOSTS);
  const dispatcher = createDispatcher({
    trust,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    connections: KEY_SET_CONNECTIONS,
  });
  const deps: Deps = {
    db,
    vault: rpcVault({ client: vaultClient, clock }),
    notifier,
    clock,
    log,
    newId: randomUUID,
    randomBytes,
    passwords: createPasswords(),
    identityProvider: await openIdentityProvider(config, clock),
    keySets: createKeySets(dispatcher, clock),
    settings: {
      publicUrl: config.CONTROL_PLANE_PUBLIC_URL.replace(/\/$/, ''),
      sessionLifetimeS: config.CONTROL_PLANE_SESSION_LIFETIME_S,
      signIn: {
        allowedDomains: config.CONTROL_PLANE_OIDC_ALLOWED_DOMAINS,
        autoProvision: config.CONTROL_PLANE_OIDC_AUTO_PROVISION,
      },
      trust,
    },
  };
  const withheld = createWithheld({ db, vault: deps.vault, log, retryMs: WITHHELD_RETRY_MS });
  const readers = snapshotReaders({
    vault: deps.vault,
    log,
    withheld,
    onUnreadable: () => metrics.foundUnreadableConfig(),
  });
  const feed = createFeed({ db, readers, pollMs: config.CONTROL_PLANE_CHANGE_POLL_MS, log });
  const metrics = createMetrics({
    watchers: feed.watchers,
    certificateNotAfterMs: transports.notAfterMs,
    withheldConfigs: withheld.size,
  });
  const server = createServer({
    deps,
    metrics,
    bodyLimitBytes: config.CONTROL_PLANE_BODY_LIMIT_BYTES,
    requestTimeoutMs: config.CONTROL_PLANE_REQUEST_TIMEOUT_MS,
    trustedProxies: config.CONTROL_PLANE_TRUSTED_PROXIES,
  });
  const rpc = createGatewayRpc({
    db,
    feed,
    readers,
    isWhole: () => withheld.size() === 0,
    heartbeatMs: HEARTBEAT_MS,
    identities: transports.identities,
    transport: transports.server,
    onUnexpected: (error, path) => log.error({ error, path }, 'a call of a gateway failed'),
  });

  const jobs = await openJobs(deps, queue);

  let prepared = false;
  let stopping = false;
  let databaseAnswers = true;
  const check = setInterval(() => {
    db.query('select 1 as one').then(
      () => {
        databaseAnswers = true;
      },
      () => {
        databaseAnswers = false;
      },
    );
  }, READY_CHECK_MS);
  check.unref();

  return {
    server,
    rpc,
    ready: () => prepared && databaseAnswers && !stopping,
    metrics: metrics.expose,
    async prepare(signal) {
      const workspaceKey = await readKey(config.CONTROL_PLANE_WORKSPACE_KEY_FILE);
      const adminKey = await readKey(config.CONTROL_PLANE_ADMIN_KEY_FILE);
      const owner = await readOwner(config);
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        try {
          await prepareFirstStart(deps, {
            organizationName: config.CONTROL_PLANE_ORGANIZATION,
            workspaceKey,
            adminKey,
            owner,
          });
          prepared = true;
          rpc.setServing(true);
          if (config.CONTROL_PLANE_RUN_JOBS) jobs.start();
          return;
        } catch (error) {
          if (attempt === 0) log.warn({ error }, 'not ready yet: the vault or the database does not answer');
          await pause(Math.min(100 * 2 ** attempt, READY_CHECK_MS), signal);
        }
      }
    },
    announceShutdown: () => {
      stopping = true;
      rpc.setServing(false);
    },
    async drain(graceMs) {
      clearInterval(check);
      await Promise.all([server.close(), rpc.stop(graceMs), jobs.stop(graceMs)]);
      feed.stop();
      withheld.close();
      notifier.close();
      vaultClient.close();
      await dispatcher.destroy();
      transports.close();
      await db.close();
    },
  };
};
