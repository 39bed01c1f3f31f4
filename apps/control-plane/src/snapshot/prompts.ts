import { PromptKind, PromptStatus } from '@portolan/proto';
import * as z from 'zod';
import { readRows } from '../store/rows.ts';
import { type SnapshotReader, snapshotReader } from './reader.ts';

const version = z.object({
  id: z.string(),
  number: z.number(),
  template: z.string(),
  kind: z.enum(['chat', 'text']),
  parameters: z.string(),
  model: z.string().nullable(),
  virtual_key: z.string(),
  tools: z.string().nullable(),
  functions: z.string().nullable(),
  tool_choice: z.string().nullable(),
  template_metadata: z.looseObject({ azure_alias: z.unknown() }).partial().nullable(),
  labels: z.array(z.string()),
});

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  slug: z.string(),
  status: z.enum(['active', 'archived']),
  generation: z.bigint(),
  published_version: z.number(),
  versions: z.array(version),
});

/** A prompt or a partial has all of its versions with it, so few of them go into a page. */
const PROMPTS_A_PAGE = 50;

export const PROMPT_STATUSES = {
  active: PromptStatus.PROMPT_STATUS_ACTIVE,
  archived: PromptStatus.PROMPT_STATUS_ARCHIVED,
} as const;

/** A reader with smaller pages than it is asked for. */
export const inSmallPages = (reader: SnapshotReader): SnapshotReader => ({
  ...reader,
  page: (sql, afterId, limit) => reader.page(sql, afterId, Math.min(limit, PROMPTS_A_PAGE)),
});

const KINDS = { chat: PromptKind.PROMPT_KIND_CHAT, text: PromptKind.PROMPT_KIND_TEXT } as const;

/** Nobody is served an archived prompt: its versions are not sent. */
const VERSIONS = `
  select coalesce(json_agg(json_build_object(
    'id', v.id, 'number', v.number, 'template', v.template, 'kind', v.kind, 'parameters', v.parameters::text, 'model', v.model,
    'virtual_key', v.virtual_key, 'tools', v.tools::text, 'functions', v.functions::text, 'tool_choice', v.tool_choice::text,
    'template_metadata', v.template_metadata, 'labels', (
      select coalesce(json_agg(n.name order by n.name), '[]'::json)
      from prompt_version_labels l join labels n on n.id = l.label_id where l.version_id = v.id
    )) order by v.number), '[]'::json)
  from prompt_versions v where v.prompt_id = t.id and v.status = 'active' and t.status = 'active'`;

/** The name to send instead of the model's, for deployments; empty for none. */
const aliasOf = (metadata: z.output<typeof version>['template_metadata']): string =>
  typeof metadata?.azure_alias === 'string' ? metadata.azure_alias : '';

export const promptReader = inSmallPages(
  snapshotReader({
    kind: 'prompt',
    select: `
      select t.id, t.organization_id, t.workspace_id, t.slug, t.status, t.generation, t.published_version, (${VERSIONS}) as versions
      from prompts t`,
    usable: `t.status = 'active'`,
    rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
    toEntity: (found) => ({
      kind: {
        $case: 'prompt',
        value: {
          id: found.id,
          organizationId: found.organization_id,
          workspaceId: found.workspace_id,
          slug: found.slug,
          status: PROMPT_STATUSES[found.status],
          generation: Number(found.generation),
          publishedVersion: found.published_version,
          versions: found.versions.map((each) => ({
            id: each.id,
            number: each.number,
            template: each.template,
            kind: KINDS[each.kind],
            parametersJson: each.parameters,
            model: each.model ?? '',
            virtualKeySlug: each.virtual_key,
            toolsJson: each.tools ?? '',
            functionsJson: each.functions ?? '',
            toolChoiceJson: each.tool_choice ?? '',
            modelAlias: aliasOf(each.template_metadata),
            labels: each.labels,
          })),
        },
      },
    }),
  }),
);
