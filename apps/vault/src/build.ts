import { createErrorCodec, createRpcServer } from '@portolan/rpc';
import { CODES, type Logger, PlatformError, systemClock } from '@portolan/service-kit';
import { type MigratableDatabase, migrate, readMigrations } from '@portolan/sql';
import { sqlCanaries } from './adapters/canaries/sql.ts';
import { sqlChanges } from './adapters/changes/sql.ts';
import { sqlCredentials } from './adapters/credentials/sql.ts';
import { sqlServiceKeys } from './adapters/service-keys/sql.ts';
import { sqlTenantKeys } from './adapters/tenant-keys/sql.ts';
import { createAuditTrail } from './audit/trail.ts';
import { createSelfTest } from './background/self-test.ts';
import { buildBackground } from './build-background.ts';
import { rootKeyLoader } from './build-root-key.ts';
import { auditSinks, openDatabase, rewrapBatchSize } from './build-store.ts';
import { identityBook, openTransport } from './build-transport.ts';
import type { VaultConfig } from './config.ts';
import { type AuditAction, auditEntry } from './domain/audit.ts';
import { createKeyring, type KeyringParts } from './keyring/get-or-create.ts';
import { createKeyCache, NO_KEY_CACHE } from './keyring/key-cache.ts';
import { createSeal } from './keyring/seal.ts';
import { ensureServiceKey } from './keyring/service-keys.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openVault } from './opening.ts';
import { ACCESS, methodsOf } from './rpc/methods.ts';
import type { Vault } from './rpc/vault.ts';
import { createPoller } from './watch/poller.ts';

const KEYS_IN_MEMORY_MAX = 10_000;
const POLL_MS = 150;
const PAGE_SIZE = 1_000;
const HEARTBEAT_MS = 2_000;
const WATCH_BUFFER_MAX = 10_000;

/** A missing root key is looked for often: from its arrival to readiness there should be less than a second. */
const RETRY_MS = 200;
const RETRY_MAX_MS = { near: 800, far: 10_000 };

export interface VaultService {
  /** Takes calls, which are refused until the vault is open. @returns the port */
  listen(): Promise<number>;
  /** Resolves when the vault is open. @throws SchemaRefused */
  open(): Promise<void>;
  ready(): boolean;
  metrics(): ReturnType<Metrics['expose']>;
  /** Readiness goes down. */
  announceShutdown(): void;
  /** Ends streams, lets calls finish, stores what is to be stored. */
  drain(): Promise<void>;
}

/** The vault over a database. @throws what keeps it from ever starting: certificates, tokens, identities that cannot be read */
export const buildVaultOver = async (
  database: MigratableDatabase,
  config: VaultConfig,
  log: Logger,
): Promise<VaultService> => {
  const clock = systemClock;
  const identities = identityBook(config);
  const { transport, certificates } = await openTransport(config, clock, log);
  const tenantKeys = sqlTenantKeys(database);
  const seal = createSeal(rootKeyLoader(config, clock), tenantKeys, clock);
  const metrics = createMetrics({
    isSealed: () => seal.sealedBecause() !== undefined,
    ...(certificates === undefined ? {} : { certificateNotAfterMs: certificates.notAfterMs }),
  });
  const audit = createAuditTrail(auditSinks(config, database), (sink, error) => {
    metrics.onAuditFailure(sink);
    log.error({ err: error, sink }, 'an audit entry was not taken');
  });
  const keyCache = createKeyCache({ clock, entriesMax: KEYS_IN_MEMORY_MAX, lifetimeMs: config.VAULT_KEY_LIFETIME_MS });
  const keys: Omit<KeyringParts, 'cache'> = { tenantKeys, rootKey: seal.rootKey, reloadRootKey: seal.reload };
  const keyring = createKeyring({ ...keys, cache: keyCache });
  const [serviceKeys, canaries, changes] = [sqlServiceKeys(database), sqlCanaries(database), sqlChanges(database)];
  const selfTest = createSelfTest({
    canaries,
    keyring: createKeyring({ ...keys, cache: NO_KEY_CACHE }),
    clock,
    onUnreadable: (organizationId) => log.error({ organizationId }, 'the canary of an organization does not open'),
  });
  const poller = createPoller({
    changes,
    pollMs: POLL_MS,
    pageSize: PAGE_SIZE,
    onFailure: (error) => {
      metrics.onPollFailure();
      log.warn({ err: error }, 'changes could not be looked for');
    },
  });
  const vault: Vault = {
    credentials: sqlCredentials(database),
    tenantKeys,
    serviceKeys,
    canaries,
    keyring,
    seal,
    audit,
    watch: { changes, poller, heartbeatMs: HEARTBEAT_MS, bufferMax: WATCH_BUFFER_MAX, pageSize: PAGE_SIZE },
    metrics,
    clock,
    freshForMs: config.VAULT_FRESH_FOR_MS,
    usableForMs: config.VAULT_USABLE_FOR_MS,
    selfTest: () => selfTest.some().catch((error: unknown) => log.warn({ err: error }, 'the self-test could not run')),
    hurry: () => background.hurry(),
  };
  const background = buildBackground({
    vault,
    database,
    keyCache,
    selfTest,
    rewrapBatchSize: rewrapBatchSize(config),
    isShared: config.VAULT_STORE === 'postgres',
    log,
  });
  const server = createRpcServer({
    methods: methodsOf(vault),
    access: ACCESS,
    identities,
    transport,
    errors: createErrorCodec({ CODES, PlatformError }),
    onUnexpected: (error, path) => log.error({ err: error, path }, 'a call failed unexpectedly'),
  });

  const recordMade = (action: AuditAction): Promise<void> =>
    audit.record(auditEntry({ action, caller: 'vault', actor: 'job:first-start' }, clock.wallMs()));

  let isOpen = false;
  const stopping = new AbortController();
  const isNear = config.VAULT_ROOT_KEY === 'file' || config.VAULT_ROOT_KEY === 'environment';
  return {
    listen: () => server.listen(config.VAULT_HOST, config.VAULT_PORT),
    open: async () => {
      await openVault({
        steps: [
          async () => void (await migrate(database, 'vault', await readMigrations(import.meta.url))),
          seal.unseal,
          () => ensureServiceKey('pepper', serviceKeys, keyring, () => recordMade('pepper.rotate')),
          () => ensureServiceKey('sealing', serviceKeys, keyring, () => recordMade('sealing-key.rotate')),
        ],
        retryMs: RETRY_MS,
        retryMaxMs: isNear ? RETRY_MAX_MS.near : RETRY_MAX_MS.far,
        onFailure: (error) => {
          seal.waitFor(error);
          log.warn({ err: error }, 'the vault stays sealed');
        },
        signal: stopping.signal,
      });
      if (stopping.signal.aborted) return;
      isOpen = true;
      server.setServing(true);
      background.start();
    },
    ready: () => isOpen && !stopping.signal.aborted && seal.sealedBecause() === undefined,
    metrics: metrics.expose,
    announceShutdown: () => {
      stopping.abort();
      server.setServing(false);
    },
    drain: async () => {
      await server.stop(config.VAULT_DRAIN_GRACE_MS);
      poller.close();
      await background.stop();
      await audit.close();
      certificates?.close();
      keyCache.clear();
      await database.close();
    },
  };
};

/** Puts the vault together: which adapter stands behind which port. */
export const buildVault = async (config: VaultConfig, log: Logger): Promise<VaultService> => {
  const database = await openDatabase(config);
  try {
    return await buildVaultOver(database, config, log);
  } catch (error) {
    await database.close();
    throw error;
  }
};
