import type { Sql } from '@portolan/sql';
import type { Feedback, Verdict } from '../domain/feedback.ts';

export interface FeedbackPlace {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly by: string;
}

export const insertFeedback = async (
  tx: Sql,
  { organizationId, workspaceId, by }: FeedbackPlace,
  rows: readonly (Feedback & { readonly id: string })[],
): Promise<void> => {
  await tx.query(
    `insert into feedback (id, organization_id, workspace_id, trace_id, value, weight, metadata, created_by)
     select f.id, $1, $2, f."traceId", f.value, f.weight, f.metadata, $3
     from jsonb_to_recordset($4::jsonb) as f(id text, "traceId" text, value double precision, weight double precision, metadata jsonb)`,
    [organizationId, workspaceId, by, JSON.stringify(rows)],
  );
};

/** In which workspace a feedback is; undefined for one that does not exist. */
export const workspaceOfFeedback = async (
  sql: Sql,
  organizationId: string,
  id: string,
): Promise<string | undefined> => {
  const [row] = await sql.query('select workspace_id from feedback where organization_id = $1 and id = $2', [
    organizationId,
    id,
  ]);
  return row === undefined ? undefined : String(row.workspace_id);
};

/** All of a feedback but its trace is another one now. */
export const replaceFeedback = async (tx: Sql, id: string, { value, weight, metadata }: Verdict): Promise<void> => {
  await tx.query('update feedback set value = $2, weight = $3, metadata = $4, updated_at = now() where id = $1', [
    id,
    value,
    weight,
    JSON.stringify(metadata),
  ]);
};
