import type { JsonObject } from '../../../domain/json.ts';
import type { PromptVersionRow } from '../../../store/prompt-versions.ts';
import type { PromptRow } from '../../../store/prompts.ts';
import { toTime } from '../../../store/rows.ts';

/** A prompt in a list, with the model of its published version. */
export const promptSummary = (row: PromptRow): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  collection_id: row.collection_id,
  workspace_id: row.workspace_id,
  model: row.model,
  status: row.status,
  published_version: row.published_version,
  owner_id: row.owner_id,
  updated_by: row.updated_by,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  object: 'prompt',
});

/** A prompt with one of its versions. */
export const promptWithVersion = (row: PromptRow, version: PromptVersionRow): JsonObject => ({
  ...promptSummary(row),
  model: version.model,
  string: version.template,
  parameters: version.parameters,
  prompt_version: version.number,
  prompt_version_id: version.id,
  prompt_version_status: version.status,
  prompt_version_description: version.description,
  prompt_version_label_id: version.label_ids[0] ?? null,
  prompt_version_label_ids: version.label_ids,
  virtual_key: version.virtual_key === '' ? null : version.virtual_key,
  functions: version.functions,
  tools: version.tools,
  tool_choice: version.tool_choice,
  template_metadata: version.template_metadata,
  is_raw_template: version.is_raw_template ? 1 : 0,
});

/** One of several versions. */
export const versionSummary = (version: PromptVersionRow): JsonObject => ({
  id: version.id,
  prompt_id: version.prompt_id,
  prompt_template: version.template,
  prompt_version: version.number,
  prompt_description: version.description,
  label_id: version.label_ids[0] ?? null,
  label_ids: version.label_ids,
  created_at: toTime(version.created_at),
  status: version.status,
  object: 'prompt',
});
