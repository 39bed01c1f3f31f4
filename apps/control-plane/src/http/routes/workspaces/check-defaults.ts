import type { Sql } from '@portolan/sql';
import { organizationSettings } from '../../../access/settings.ts';
import { assertMetadata } from '../../../domain/metadata-schema.ts';
import type { WorkspaceDefaults } from '../../../domain/workspace-defaults.ts';
import { findConfig } from '../../../store/configs.ts';
import { findGuardrail } from '../../../store/guardrails.ts';
import { findOrganization } from '../../../store/organizations.ts';
import { refuseInput } from '../../input.ts';

interface Place {
  readonly organizationId: string;
  readonly workspaceId: string;
}

const configSlug = async (sql: Sql, { organizationId, workspaceId }: Place, ref: string): Promise<string> => {
  const config = await findConfig(sql, organizationId, ref);
  if (config !== undefined && (config.workspace_id === null || config.workspace_id === workspaceId)) return config.slug;
  return refuseInput([
    { path: 'defaults.user_api_key_config', message: 'There is no such active config in this workspace.' },
  ]);
};

const guardrailSlugs = async (
  sql: Sql,
  { organizationId, workspaceId }: Place,
  refs: readonly string[],
  path: string,
): Promise<string[]> => {
  const slugs: string[] = [];
  for (const [at, ref] of refs.entries()) {
    const guardrail = await findGuardrail(sql, organizationId, ref);
    const isUsable = guardrail?.workspace_id === null || guardrail?.workspace_id === workspaceId;
    if (guardrail === undefined || !isUsable) {
      return refuseInput([
        { path: `defaults.${path}.${at}`, message: 'There is no such guardrail for this workspace.' },
      ]);
    }
    slugs.push(guardrail.slug);
  }
  return slugs;
};

/**
 * Defaults as they are stored, with everything that they name found and called by its slug.
 * @param before  what was there: it is not measured again, since a schema may have become stricter meanwhile
 * @throws PlatformError  400 naming the field
 */
export const checkedDefaults = async (
  sql: Sql,
  place: Place,
  after: WorkspaceDefaults,
  before?: WorkspaceDefaults,
): Promise<WorkspaceDefaults> => {
  const { metadata, input_guardrails, output_guardrails, user_api_key_config } = after;
  const { workspaceMetadataSchema } = organizationSettings(
    (await findOrganization(sql, place.organizationId))?.settings ?? {},
  );
  const isSame = before !== undefined && JSON.stringify(before.metadata ?? {}) === JSON.stringify(metadata ?? {});
  if (workspaceMetadataSchema !== null && !isSame) {
    assertMetadata(workspaceMetadataSchema, metadata ?? {}, 'defaults.metadata');
  }
  const isOld = user_api_key_config !== undefined && user_api_key_config === before?.user_api_key_config;
  return {
    ...after,
    ...(input_guardrails === undefined || input_guardrails === before?.input_guardrails
      ? {}
      : { input_guardrails: await guardrailSlugs(sql, place, input_guardrails, 'input_guardrails') }),
    ...(output_guardrails === undefined || output_guardrails === before?.output_guardrails
      ? {}
      : { output_guardrails: await guardrailSlugs(sql, place, output_guardrails, 'output_guardrails') }),
    ...(user_api_key_config === undefined || isOld
      ? {}
      : { user_api_key_config: await configSlug(sql, place, user_api_key_config) }),
  };
};
