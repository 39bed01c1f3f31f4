import { MIN_TRANSITION_MS, WARNING_LEAD_MS } from '@portolan/api-key';
import { Secret } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { appendAudit } from '../audit/append.ts';
import { entryOfJob } from '../audit/entry-of-job.ts';
import { type Change, recordChanges } from '../change/changes.ts';
import { newApiKeySecret, rotateApiKey } from '../change/rotate-api-key.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import { nextRotation } from '../domain/api-key-rotation.ts';
import { endingMessage, rotatedMessage } from '../domain/key-messages.ts';
import { listApiKeySecrets } from '../store/api-key-changes.ts';
import { type ApiKeyRow, findApiKey } from '../store/api-key-reads.ts';
import {
  claimDueRotation,
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
/** A rotation that came to nothing is tried again after this. */
const AGAIN_MS = 600_000;

type Work = Pick<Deps, 'db' | 'clock' | 'log' | 'newId' | 'vault' | 'notifier'>;

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

/** Who gets a new secret: its owner, or, where a key belongs to no person, whom its makers named. */
const secretGoesTo = async (sql: Sql, { id, alert_emails }: ApiKeyRow): Promise<readonly string[]> => {
  const owner = await ownerEmail(sql, id);
  return owner === undefined ? alert_emails : [owner];
};

const storeRotation = ({ db, clock, log, newId, vault }: Work, key: ApiKeyRow, secret: string): Promise<void> =>
  transactionally(db, async (tx) => {
    const row = await findApiKey(tx, key.organization_id, key.id, 'lock');
    const policy = row?.rotation_policy ?? null;
    if (row === undefined || policy === null) return;
    const nowMs = clock.wallMs();
    const rotated = await rotateApiKey(
      tx,
      row,
      {
        key: secret,
        transitionMs: policy.key_transition_period_ms,
        nextRotationAt: nextRotation(policy, nowMs) ?? null,
        nowMs,
      },
      vault,
    );
    if (rotated.outcome === 'refused') {
      log.warn({ apiKeyId: row.id, reason: rotated.reason }, 'a key that was due could not be rotated');
      return;
    }
    const entry = entryOfJob({
      organizationId: row.organization_id,
      workspaceId: row.workspace_id,
      job: 'rotate-keys',
      runId: newId(),
      resource: 'api_keys',
      resourceId: row.id,
      action: 'rotate',
      after: {
        api_key_id: row.id,
        rotation_mode: 'auto',
        old_key_masked: rotated.oldMasked,
        transition_expires_at: rotated.transitionEndsAt.toISOString(),
      },
      atMs: nowMs,
    });
    await appendAudit(tx, entry);
    await recordChanges(tx, [{ kind: 'api_key', id: row.id }]);
  });

const isInTransition = async (sql: Sql, { id }: ApiKeyRow, now: Date): Promise<boolean> => {
  const secrets = await listApiKeySecrets(sql, id);
  return secrets.filter(({ ends_at }) => ends_at === null || ends_at > now).length > 1;
};

/**
 * The new secret is handed over before it is stored: if that fails nothing has changed, and if storing fails the owner has a secret
 * too many, never one too few.
 */
const rotateOne = async (deps: Work, key: ApiKeyRow): Promise<void> => {
  const { db, clock, log, notifier } = deps;
  const now = new Date(clock.wallMs());
  if (key.rotation_policy === null || (await isInTransition(db, key, now))) return;
  const to = await secretGoesTo(db, key);
  if (!notifier.carriesSecrets(to)) {
    log.warn({ apiKeyId: key.id }, 'a key is due to be rotated, and there is no way to hand over its new secret');
    return;
  }
  const secret = newApiKeySecret();
  const transitionMs = key.rotation_policy.key_transition_period_ms || MIN_TRANSITION_MS;
  const oldEndsAt = new Date(now.getTime() + transitionMs);
  await notifier.deliver(
    rotatedMessage(
      { id: key.id, organizationId: key.organization_id, name: key.name, to },
      { secret: new Secret(secret), oldEndsAt },
    ),
  );
  await storeRotation(deps, key, secret);
};

/** Rotates the keys that are due. A key that cannot be is due again after some minutes. */
export const rotateDueKeys = async (deps: Work, signal: AbortSignal): Promise<void> => {
  const { db, clock, log } = deps;
  for (let done = 0; done < BATCH && !signal.aborted; done += 1) {
    const now = clock.wallMs();
    const claimed = await claimDueRotation(db, new Date(now), new Date(now + AGAIN_MS));
    if (claimed === undefined) return;
    const key = await findApiKey(db, claimed.organization_id, claimed.id);
    try {
      if (key !== undefined) await rotateOne(deps, key);
    } catch (error) {
      log.error({ error, apiKeyId: claimed.id }, 'a key that was due could not be rotated');
    }
  }
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
