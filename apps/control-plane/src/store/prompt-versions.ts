import type { Components, PromptKind, VersionSelector } from '@portolan/prompt-template';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { PromptContent } from '../domain/prompt-save.ts';
import type { Room } from '../domain/version-room.ts';
import { readRow, readRows } from './rows.ts';

const jsonObject = z.record(z.string(), z.unknown());

const versionRow = z.object({
  id: z.string(),
  prompt_id: z.string(),
  number: z.number(),
  template: z.string(),
  kind: z.enum(['chat', 'text']),
  parameters: jsonObject,
  model: z.string().nullable(),
  virtual_key: z.string(),
  functions: z.array(z.unknown()).nullable(),
  tools: z.array(z.unknown()).nullable(),
  tool_choice: z.union([z.string(), jsonObject]).nullable(),
  template_metadata: jsonObject.nullable(),
  is_raw_template: z.boolean(),
  description: z.string().nullable(),
  status: z.enum(['active', 'archived']),
  created_by: z.string().nullable(),
  created_at: z.date(),
  /** The one that was put on last comes first. */
  label_ids: z.array(z.string()),
});

export type PromptVersionRow = z.output<typeof versionRow>;

const SELECT = `
  select v.id, v.prompt_id, v.number, v.template, v.kind, v.parameters, v.model, v.virtual_key, v.functions, v.tools, v.tool_choice,
    v.template_metadata, v.is_raw_template, v.description, v.status, v.created_by, v.created_at,
    coalesce((
      select jsonb_agg(l.label_id order by l.created_at desc, l.label_id) from prompt_version_labels l where l.version_id = v.id
    ), '[]'::jsonb) as label_ids
  from prompt_versions v`;

/** How each way to name a version is looked up; $1 is the prompt, $2 a number or a label. Every way speaks of $2, so that it has a type. */
const SELECTED: Readonly<Record<VersionSelector['kind'], string>> = {
  published: 'v.number = (select published_version from prompts where id = $1) and $2::text is null',
  latest: `v.status = 'active' and $2::text is null`,
  number: 'v.number = $2::integer',
  label: `v.id = (select l.version_id from prompt_version_labels l join labels n on n.id = l.label_id where l.prompt_id = $1 and n.name = $2)`,
};

const detailOf = (selector: VersionSelector): string | null => {
  if (selector.kind === 'number') return String(selector.number);
  return selector.kind === 'label' ? selector.label : null;
};

/** One version of a prompt, also an archived one when its number is named. */
export const findPromptVersion = async (
  sql: Sql,
  promptId: string,
  selector: VersionSelector,
): Promise<PromptVersionRow | undefined> =>
  readRow(
    versionRow,
    await sql.query(`${SELECT} where v.prompt_id = $1 and ${SELECTED[selector.kind]} order by v.number desc limit 1`, [
      promptId,
      detailOf(selector),
    ]),
  );

export const findPromptVersionById = async (
  sql: Sql,
  promptId: string,
  versionId: string,
): Promise<PromptVersionRow | undefined> =>
  readRow(versionRow, await sql.query(`${SELECT} where v.prompt_id = $1 and v.id = $2`, [promptId, versionId]));

/** All versions, newest first. */
export const listPromptVersions = async (sql: Sql, promptId: string): Promise<readonly PromptVersionRow[]> =>
  readRows(versionRow, await sql.query(`${SELECT} where v.prompt_id = $1 order by v.number desc`, [promptId]));

const room = z.object({ versions: z.bigint(), bytes: z.bigint() });

const SIZE = `octet_length(template) + octet_length(parameters::text) + coalesce(octet_length(functions::text), 0)
  + coalesce(octet_length(tools::text), 0) + coalesce(octet_length(tool_choice::text), 0)`;

/** What the active versions of a prompt take up. */
export const promptRoom = async (sql: Sql, promptId: string): Promise<Room> => {
  const row = readRow(
    room,
    await sql.query(
      `select count(*) as versions, coalesce(sum(${SIZE}), 0)::bigint as bytes from prompt_versions where prompt_id = $1 and status = 'active'`,
      [promptId],
    ),
  );
  return { versions: Number(row?.versions ?? 0), bytes: Number(row?.bytes ?? 0) };
};

export interface NewPromptVersion {
  readonly id: string;
  readonly promptId: string;
  readonly content: PromptContent;
  readonly kind: PromptKind;
  readonly components: Components;
  readonly by: string;
}

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** Adds the next version. The prompt must be new or locked. */
export const insertPromptVersion = async (
  tx: Sql,
  { id, promptId, content, kind, components, by }: NewPromptVersion,
): Promise<void> => {
  await tx.query(
    `insert into prompt_versions (id, prompt_id, number, template, kind, parameters, model, virtual_key, functions, tools, tool_choice,
       template_metadata, is_raw_template, description, components, created_by)
     select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
     from prompt_versions where prompt_id = $2`,
    [
      id,
      promptId,
      content.template,
      kind,
      JSON.stringify(content.parameters),
      content.model,
      content.virtualKey,
      json(content.functions),
      json(content.tools),
      json(content.toolChoice),
      json(content.templateMetadata),
      content.isRaw,
      content.description,
      JSON.stringify(components),
      by,
    ],
  );
};

export const setPromptVersionStatus = async (
  tx: Sql,
  versionId: string,
  status: PromptVersionRow['status'],
): Promise<void> => {
  await tx.query('update prompt_versions set status = $2 where id = $1', [versionId, status]);
};

/** A stored version as the content that new ones are made from. */
export const contentOf = (row: PromptVersionRow): PromptContent => ({
  template: row.template,
  parameters: row.parameters,
  model: row.model,
  virtualKey: row.virtual_key,
  functions: row.functions,
  tools: row.tools,
  toolChoice: row.tool_choice,
  templateMetadata: row.template_metadata,
  isRaw: row.is_raw_template,
  description: row.description,
});
