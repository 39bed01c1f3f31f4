import type { ApiKeyType } from '@portolan/access-control';
import type { ApiKeyDigest } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';

/** What can be changed of a key. */
export interface ApiKeyFields {
  readonly name: string;
  readonly description: string | null;
  readonly scopes: readonly string[];
  readonly defaultConfigId: string | null;
  readonly defaultMetadata: Readonly<Record<string, string>>;
  readonly allowConfigOverride: boolean;
  /** JSON text, or null. */
  readonly usageLimits: string | null;
  /** JSON text of an array. */
  readonly rateLimits: string;
  readonly alertEmails: readonly string[];
  readonly expiresAt: Date | null;
  /** JSON text, or null. */
  readonly rotationPolicy: string | null;
  readonly nextRotationAt: Date | null;
}

export interface NewApiKey extends ApiKeyFields {
  readonly id: string;
  readonly organizationId: string;
  /** Null for a key of the organization. */
  readonly workspaceId: string | null;
  readonly userId: string | null;
  readonly type: ApiKeyType;
  readonly creationMode: 'ui' | 'api' | 'auto';
  readonly by: string;
  readonly secret: NewApiKeySecret;
}

/** What is kept of a secret that was shown once. */
export interface NewApiKeySecret {
  readonly stored: ApiKeyDigest;
  /** Empty for a key that was made elsewhere. */
  readonly publicPart: string;
  readonly masked: string;
  readonly endsAt: Date | null;
}

const INSERT = `
  insert into api_keys (id, organization_id, workspace_id, user_id, type, name, description, scopes, default_config_id, default_metadata,
    allow_config_override, usage_limits, rate_limits, alert_emails, expires_at, rotation_policy, next_rotation_at, creation_mode, masked, created_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`;

export const insertApiKeySecret = async (tx: Sql, apiKeyId: string, secret: NewApiKeySecret): Promise<void> => {
  await tx.query(
    'insert into api_key_secrets (api_key_id, pepper_id, digest, public_part, masked, ends_at) values ($1, $2, $3, $4, $5, $6)',
    [apiKeyId, secret.stored.pepperId, secret.stored.digest, secret.publicPart, secret.masked, secret.endsAt],
  );
};

/** @throws SqlError  a unique violation when somebody has this key already */
export const insertApiKey = async (tx: Sql, key: NewApiKey): Promise<void> => {
  await tx.query(INSERT, [
    key.id,
    key.organizationId,
    key.workspaceId,
    key.userId,
    key.type,
    key.name,
    key.description,
    JSON.stringify(key.scopes),
    key.defaultConfigId,
    JSON.stringify(key.defaultMetadata),
    key.allowConfigOverride,
    key.usageLimits,
    key.rateLimits,
    JSON.stringify(key.alertEmails),
    key.expiresAt,
    key.rotationPolicy,
    key.nextRotationAt,
    key.creationMode,
    key.secret.masked,
    key.by,
  ]);
  await insertApiKeySecret(tx, key.id, key.secret);
};
