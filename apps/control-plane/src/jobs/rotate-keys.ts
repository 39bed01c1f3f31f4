import { Secret } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { appendAudit } from '../audit/append.ts';
import { entryOfJob } from '../audit/entry-of-job.ts';
import { recordChanges } from '../change/changes.ts';
import { newApiKeySecret, rotateApiKey } from '../change/rotate-api-key.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import { nextRotation } from '../domain/api-key-rotation.ts';
import { rotatedMessage } from '../domain/key-messages.ts';
import { listApiKeySecrets } from '../store/api-key-changes.ts';
import { type ApiKeyRow, findApiKey } from '../store/api-key-reads.ts';
import { claimDueRotation, ownerEmail } from '../store/due-keys.ts';

/** What is left waits for the next tick. */
const KEYS_MAX = 100;
/** A rotation that came to nothing is tried again after this. */
const AGAIN_MS = 600_000;

type Work = Pick<Deps, 'db' | 'clock' | 'log' | 'newId' | 'vault' | 'notifier'>;

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
  const transitionMs = key.rotation_policy.key_transition_period_ms;
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
  for (let done = 0; done < KEYS_MAX && !signal.aborted; done += 1) {
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
