import { type ApiKeyType, scopesFor } from '@portolan/access-control';
import { digestApiKey, maskApiKey, type Pepper, publicPartOf } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import { insertApiKey, type NewApiKey, type NewApiKeySecret } from '../store/api-keys.ts';

/** What is kept of a key, and how it is shown from now on. A key that was made elsewhere has no public part and shows nothing. */
export const secretOfKey = (key: string, pepper: Pepper, endsAt: Date | null): NewApiKeySecret => ({
  stored: digestApiKey(key, pepper),
  publicPart: publicPartOf(key) ?? '',
  masked: maskApiKey(key),
  endsAt,
});

export interface IssuedKey {
  readonly id: string;
  readonly key: string;
  readonly type: ApiKeyType;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly userId?: string;
  readonly name: string;
  /** All that a key of its type may hold, when absent. */
  readonly scopes?: readonly string[];
  readonly by: string;
}

/** Stores a key with nothing but its scopes. */
export const issueApiKey = (tx: Sql, pepper: Pepper, issued: IssuedKey): Promise<void> => {
  const row: NewApiKey = {
    id: issued.id,
    organizationId: issued.organizationId,
    workspaceId: issued.workspaceId,
    userId: issued.userId ?? null,
    type: issued.type,
    name: issued.name,
    description: null,
    scopes: issued.scopes ?? scopesFor(issued.type),
    defaultConfigId: null,
    defaultMetadata: {},
    allowConfigOverride: true,
    usageLimits: null,
    rateLimits: '[]',
    alertEmails: [],
    expiresAt: null,
    rotationPolicy: null,
    nextRotationAt: null,
    creationMode: 'auto',
    by: issued.by,
    secret: secretOfKey(issued.key, pepper, null),
  };
  return insertApiKey(tx, row);
};
