import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { readRow } from './rows.ts';

const model = z.looseObject({ slug: z.string(), enabled: z.boolean() });

/** A model that an integration lets in, or keeps out. */
export type StoredModel = z.output<typeof model>;

export const globalAccess = z.object({
  enabled: z.boolean(),
  usage_limits: z.unknown(),
  rate_limits: z.unknown(),
});

export const integrationRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  /** Null: it belongs to the organization. */
  workspace_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  provider: z.string(),
  credential_id: z.string(),
  settings: z.record(z.string(), z.unknown()),
  masked: z.record(z.string(), z.string()),
  credential_generation: z.bigint(),
  status: z.enum(['active', 'archived']),
  allow_all_models: z.boolean(),
  models: z.array(model),
  pricing_adjustments: z.record(z.string(), z.unknown()).nullable(),
  tags: z.record(z.string(), z.unknown()).nullable(),
  secret_mappings: z.array(z.record(z.string(), z.unknown())),
  global_workspace_access: globalAccess.nullable(),
  created_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** A credential with what belongs to it, except its secrets. */
export type IntegrationRow = z.output<typeof integrationRow>;

export const INTEGRATION_COLUMNS = `i.id, i.organization_id, i.workspace_id, i.slug, i.name, i.description, i.provider, i.credential_id,
  i.settings, i.masked, i.credential_generation, i.status, i.allow_all_models, i.models, i.pricing_adjustments, i.tags,
  i.secret_mappings, i.global_workspace_access, i.created_by, i.created_at, i.updated_at`;

/** An integration that is not archived. @param ref slug or id */
export const findIntegration = async (
  sql: Sql,
  organizationId: string,
  ref: string,
  lock: 'lock' | 'look' = 'look',
): Promise<IntegrationRow | undefined> =>
  readRow(
    integrationRow,
    await sql.query(
      `select ${INTEGRATION_COLUMNS} from integrations i
       where i.organization_id = $1 and (i.slug = $2 or i.id = $2) and i.status = 'active'
       order by i.slug = $2 desc limit 1 ${lock === 'lock' ? 'for update of i' : ''}`,
      [organizationId, ref],
    ),
  );

export interface NewIntegration {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly provider: string;
  readonly credential: CredentialCopy & { readonly id: string };
  readonly pricingAdjustments: JsonObject | null;
  readonly tags: JsonObject | null;
  readonly secretMappings: readonly JsonObject[];
  readonly by: string;
}

/** What the vault told of a credential, kept beside what uses it. */
export interface CredentialCopy {
  readonly settings: JsonObject;
  readonly masked: Readonly<Record<string, string>>;
  readonly generation: number;
}

const jsonOrNull = (value: JsonObject | null): string | null => (value === null ? null : JSON.stringify(value));

/** @throws SqlError  a unique violation when the slug is taken */
export const insertIntegration = async (tx: Sql, integration: NewIntegration): Promise<void> => {
  const { credential } = integration;
  await tx.query(
    `insert into integrations (id, organization_id, workspace_id, slug, name, description, provider, credential_id, settings, masked,
       credential_generation, pricing_adjustments, tags, secret_mappings, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      integration.id,
      integration.organizationId,
      integration.workspaceId,
      integration.slug,
      integration.name,
      integration.description,
      integration.provider,
      credential.id,
      JSON.stringify(credential.settings),
      JSON.stringify(credential.masked),
      credential.generation,
      jsonOrNull(integration.pricingAdjustments),
      jsonOrNull(integration.tags),
      JSON.stringify(integration.secretMappings),
      integration.by,
    ],
  );
};

/** Everything of an integration that its owner can change. */
export interface IntegrationState {
  readonly name: string;
  readonly description: string | null;
  readonly pricingAdjustments: JsonObject | null;
  readonly tags: JsonObject | null;
  readonly secretMappings: readonly JsonObject[];
}

export const updateIntegration = async (tx: Sql, id: string, state: IntegrationState): Promise<void> => {
  await tx.query(
    `update integrations set name = $2, description = $3, pricing_adjustments = $4, tags = $5, secret_mappings = $6, updated_at = now()
     where id = $1`,
    [
      id,
      state.name,
      state.description,
      jsonOrNull(state.pricingAdjustments),
      jsonOrNull(state.tags),
      JSON.stringify(state.secretMappings),
    ],
  );
};

/** Keeps what the vault told, unless something newer is kept already. @returns whether anything changed */
export const keepCredentialCopy = async (tx: Sql, credentialId: string, copy: CredentialCopy): Promise<boolean> => {
  const rows = await tx.query(
    `update integrations set settings = $2, masked = $3, credential_generation = $4, updated_at = now()
     where credential_id = $1 and credential_generation < $4 returning id`,
    [credentialId, JSON.stringify(copy.settings), JSON.stringify(copy.masked), copy.generation],
  );
  return rows.length > 0;
};

export const setIntegrationModels = async (
  tx: Sql,
  id: string,
  models: readonly StoredModel[],
  allowAll: boolean,
): Promise<void> => {
  await tx.query('update integrations set models = $2, allow_all_models = $3, updated_at = now() where id = $1', [
    id,
    JSON.stringify(models),
    allowAll,
  ]);
};

export const archiveIntegration = async (tx: Sql, id: string): Promise<void> => {
  await tx.query(`update integrations set status = 'archived', updated_at = now() where id = $1`, [id]);
};
