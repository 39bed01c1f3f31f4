import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { ApiKeyFields } from './api-keys.ts';
import { readRows } from './rows.ts';

/** What a change leaves a key with: everything that can be changed, whether it was or not. */
export interface ApiKeyState extends ApiKeyFields {
  readonly status: 'active' | 'exhausted';
  readonly lastResetAt: Date | null;
}

/** The key must be locked. */
export const updateApiKey = async (tx: Sql, id: string, state: ApiKeyState): Promise<void> => {
  await tx.query(
    `update api_keys set name = $2, description = $3, scopes = $4, default_config_id = $5, default_metadata = $6,
       allow_config_override = $7, usage_limits = $8, rate_limits = $9, alert_emails = $10, rotation_policy = $12,
       next_rotation_at = $13, status = $14, last_reset_at = $15, generation = generation + 1, updated_at = now(),
       expiry_noted_at = case when expires_at is not distinct from $11 then expiry_noted_at end, expires_at = $11
     where id = $1`,
    [
      id,
      state.name,
      state.description,
      JSON.stringify(state.scopes),
      state.defaultConfigId,
      JSON.stringify(state.defaultMetadata),
      state.allowConfigOverride,
      state.usageLimits,
      state.rateLimits,
      JSON.stringify(state.alertEmails),
      state.expiresAt,
      state.rotationPolicy,
      state.nextRotationAt,
      state.status,
      state.lastResetAt,
    ],
  );
};

/** Ends a key for good. */
export const revokeApiKey = async (tx: Sql, id: string): Promise<void> => {
  await tx.query(
    `update api_keys set status = 'revoked', next_rotation_at = null, generation = generation + 1, updated_at = now() where id = $1`,
    [id],
  );
};

const secretRow = z.object({
  pepper_id: z.string(),
  digest: z.instanceof(Uint8Array),
  masked: z.string(),
  created_at: z.date(),
  ends_at: z.date().nullable(),
});

/** What is kept of a secret of a key. */
export type ApiKeySecretRow = z.output<typeof secretRow>;

/** The secrets of a key, the oldest first. */
export const listApiKeySecrets = async (sql: Sql, apiKeyId: string): Promise<readonly ApiKeySecretRow[]> =>
  readRows(
    secretRow,
    await sql.query(
      'select pepper_id, digest, masked, created_at, ends_at from api_key_secrets where api_key_id = $1 order by created_at, digest',
      [apiKeyId],
    ),
  );

/** Says when a secret stops working. @param warnedAt  when its owner has been told so */
export const endApiKeySecret = async (
  tx: Sql,
  digest: Uint8Array,
  endsAt: Date,
  warnedAt: Date | null,
): Promise<void> => {
  await tx.query('update api_key_secrets set ends_at = $2, warned_at = $3 where digest = $1', [
    digest,
    endsAt,
    warnedAt,
  ]);
};

/** The newest secret is the one that is shown. A policy without a next time is over. */
export const showNewSecret = async (
  tx: Sql,
  id: string,
  masked: string,
  nextRotationAt: Date | null,
): Promise<void> => {
  await tx.query(
    `update api_keys set masked = $2, next_rotation_at = $3::timestamptz, generation = generation + 1, updated_at = now(),
       rotation_policy = case when $3::timestamptz is null then null else rotation_policy end
     where id = $1`,
    [id, masked, nextRotationAt],
  );
};
