import { WARNING_LEAD_MS } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import { appendAudit } from '../audit/append.ts';
import { entryOfJob } from '../audit/entry-of-job.ts';
import { type Change, recordChanges } from '../change/changes.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import { endingMessage } from '../domain/key-messages.ts';
import { findApiKey } from '../store/api-key-reads.ts';
import {
  type ExpiredRow,
  markWarned,
  noteExpiredApiKeys,
  noteExpiredVirtualKeys,
  ownerEmail,
  removeEndedSecrets,
  secretsToWarnOf,
} from '../store/due-keys.ts';

/** In one transaction; the lock on the audit chains is held for that long. */
const BATCH = 100;
/** What is left waits for the next tick. */
const BATCHES = 50;

type Work = Pick<Deps, 'db' | 'clock' | 'log' | 'newId' | 'notifier'>;

const inBatches = async (signal: AbortSignal, batch: () => Promise<number>): Promise<void> => {
  for (let done = 0; done < BATCHES && !signal.aborted; done += 1) {
    if ((await batch()) < BATCH) return;
  }
};

const noteExpired = (
  { db, clock, newId }: Work,
  kind: 'api_key' | 'virtual_key',
  note: (tx: Sql, now: Date, max: number) => Promise<readonly ExpiredRow[]>,
): Promise<number> =>
  transactionally(db, async (tx) => {
    const now = new Date(clock.wallMs());
    const rows = await note(tx, now, BATCH);
    const runId = newId();
    for (const row of rows) {
      const entry = entryOfJob({
        organizationId: row.organization_id,
        workspaceId: row.workspace_id,
        job: 'expire-keys',
        runId,
        resource: kind === 'api_key' ? 'api_keys' : 'virtual_keys',
        resourceId: row.id,
        action: 'update',
        after: { name: row.name, status: 'expired', expires_at: row.expires_at.toISOString() },
        atMs: now.getTime(),
      });
      await appendAudit(tx, entry);
    }
    if (rows.length > 0)
      await recordChanges(
        tx,
        rows.map(({ id }): Change => ({ kind, id })),
      );
    return rows.length;
  });

/** Puts on record which keys have expired. That they have is told by the clock, with or without this. */
export const expireKeys = async (deps: Work, signal: AbortSignal): Promise<void> => {
  await inBatches(signal, () => noteExpired(deps, 'api_key', noteExpiredApiKeys));
  await inBatches(signal, () => noteExpired(deps, 'virtual_key', noteExpiredVirtualKeys));
};

/** Tells the owners of secrets that end within a day, once each. */
export const warnEndingSecrets = async ({ db, clock, log, notifier }: Work, signal: AbortSignal): Promise<void> => {
  const now = clock.wallMs();
  const due = await secretsToWarnOf(db, new Date(now), new Date(now + WARNING_LEAD_MS), BATCH);
  for (const { digest, masked, ends_at, id, organization_id, name } of due) {
    if (signal.aborted) return;
    const key = await findApiKey(db, organization_id, id);
    const owner = await ownerEmail(db, id);
    const to = [...new Set([...(owner === undefined ? [] : [owner]), ...(key?.alert_emails ?? [])])];
    try {
      await notifier.deliver(
        endingMessage({ id, organizationId: organization_id, name, to }, { masked, endsAt: ends_at }),
      );
      await markWarned(db, digest, new Date(clock.wallMs()));
    } catch (error) {
      log.error({ error, apiKeyId: id }, 'the owner of a secret that ends could not be told');
    }
  }
};

/** Removes secrets whose transition is over. They have opened nothing since then, with or without this. */
export const finishTransitions = (deps: Work, signal: AbortSignal): Promise<void> =>
  inBatches(signal, () =>
    transactionally(deps.db, async (tx) => {
      const now = new Date(deps.clock.wallMs());
      const rows = await removeEndedSecrets(tx, now, BATCH);
      const runId = deps.newId();
      for (const row of rows) {
        const entry = entryOfJob({
          organizationId: row.organization_id,
          workspaceId: row.workspace_id,
          job: 'finish-transitions',
          runId,
          resource: 'api_keys',
          resourceId: row.id,
          action: 'rotate',
          after: { api_key_id: row.id, old_key_masked: row.masked, old_key_status: 'ended' },
          atMs: now.getTime(),
        });
        await appendAudit(tx, entry);
      }
      if (rows.length > 0)
        await recordChanges(
          tx,
          rows.map(({ id }): Change => ({ kind: 'api_key', id })),
        );
      return rows.length;
    }),
  );
