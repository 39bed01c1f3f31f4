import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from '@portolan/service-kit';
import type { MigratableDatabase } from '@portolan/sql';
import { type ChainPosition, followChain, recentPosition } from './adapters/audit/sql.ts';
import { sqlLeases } from './adapters/leases/sql.ts';
import { ALWAYS_LEADER, createLeadership } from './background/leadership.ts';
import { createRewrapKeys } from './background/rewrap-keys.ts';
import type { SelfTest } from './background/self-test.ts';
import { createTasks, type Task, type Tasks } from './background/tasks.ts';
import type { Place } from './crypto/place.ts';
import { auditEntry } from './domain/audit.ts';
import type { KeyCache } from './keyring/key-cache.ts';
import type { Vault } from './rpc/vault.ts';

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
const TICK_MS = 5_000;
const HOUR_MS = 3_600_000;
const SWEEP_MS = 30_000;

/** Changes that stay for watchers who were away. */
const CHANGES_KEPT = 100_000;
const EXPIRED_AT_ONCE = 1_000;
/** Rows of the audit that are looked at after a start; later on, every row that comes. */
const AUDIT_ROWS_AFTER_START = 100_000;

export interface BackgroundParts {
  readonly vault: Vault;
  readonly database: MigratableDatabase;
  readonly keyCache: KeyCache;
  readonly selfTest: SelfTest;
  readonly rewrapBatchSize: number;
  /** Whether other instances may work on the same database. */
  readonly isShared: boolean;
  readonly log: Logger;
}

/** What the vault does by itself. Most of it one instance does for all. */
export const buildBackground = ({
  vault,
  database,
  keyCache,
  selfTest,
  rewrapBatchSize,
  isShared,
  log,
}: BackgroundParts): Tasks => {
  const { credentials, canaries, keyring, clock, metrics, watch } = vault;
  const failed = (task: string, error: unknown): void => log.warn({ err: error, task }, 'background work failed');
  const leadership = isShared
    ? createLeadership({
        leases: sqlLeases(database),
        name: 'background',
        holder: `${hostname()}/${randomUUID()}`,
        leaseMs: LEASE_MS,
        clock,
        onFailure: (error) => failed('leadership', error),
      })
    : ALWAYS_LEADER;

  const onRefused = ({ organizationId, credentialId, field }: Place): void => {
    log.error({ organizationId, credentialId, field }, 'a stored secret does not open');
    const facts = { action: 'credential.tampered', outcome: 'refused', reason: 'unreadable' } as const;
    const where = { caller: 'vault', actor: 'job:rewrap', organizationId, credentialId };
    vault.audit.record(auditEntry({ ...facts, ...where }, clock.wallMs())).catch(() => undefined);
  };
  const rewrapKeys = createRewrapKeys({
    credentials,
    canaries,
    keyring,
    clock,
    batchSize: rewrapBatchSize,
    onRefused,
    onLeft: metrics.setRewrapLeft,
  });

  let followed: ChainPosition | undefined;
  const checkAudit = async (): Promise<void> => {
    followed ??= await recentPosition(database, AUDIT_ROWS_AFTER_START);
    const { isIntact, ...position } = await followChain(database, followed);
    followed = position;
    metrics.setAuditChain(isIntact);
    if (!isIntact) log.error({ afterSequence: position.sequence }, 'the audit in the database is not whole');
  };

  const byLeader = (name: string, everyMs: number, work: (signal: AbortSignal) => Promise<unknown>): Task => ({
    name,
    everyMs,
    run: async (signal) => {
      if (leadership.isLeader()) await work(signal);
    },
  });

  let testedAtMs = Number.NEGATIVE_INFINITY;
  const hourly = async (signal: AbortSignal): Promise<void> => {
    if (clock.monotonicMs() - testedAtMs < HOUR_MS) return;
    await selfTest.all(signal);
    metrics.setUnreadable((await canaries.summary(0)).unreadableCount);
    await checkAudit();
    testedAtMs = clock.monotonicMs();
  };

  const tasks = createTasks(
    [
      { name: 'leadership', everyMs: RENEW_MS, run: () => leadership.renew() },
      byLeader('rewrap', TICK_MS, rewrapKeys),
      byLeader('expiry', TICK_MS, () => credentials.deleteExpired(clock.wallMs(), EXPIRED_AT_ONCE)),
      byLeader('changes', TICK_MS, () => watch.changes.prune(CHANGES_KEPT)),
      byLeader('self-test', TICK_MS, hourly),
      { name: 'key-cache', everyMs: SWEEP_MS, run: async () => keyCache.sweep() },
    ],
    failed,
  );
  return {
    start: () => void leadership.renew().then(tasks.start),
    hurry: tasks.hurry,
    stop: async () => {
      await tasks.stop();
      await leadership.resign();
    },
  };
};
