import type { Sql } from '@portolan/sql';

/** Where a job goes on; undefined at the beginning. */
export const readCursor = async (sql: Sql, job: string): Promise<string | undefined> => {
  const [row] = await sql.query('select position from job_cursors where job = $1', [job]);
  return typeof row?.position === 'string' ? row.position : undefined;
};

/** @param position undefined begins anew the next time */
export const saveCursor = async (sql: Sql, job: string, position: string | undefined): Promise<void> => {
  if (position === undefined) {
    await sql.query('delete from job_cursors where job = $1', [job]);
    return;
  }
  await sql.query(
    `insert into job_cursors (job, position) values ($1, $2)
     on conflict (job) do update set position = excluded.position, updated_at = now()`,
    [job, position],
  );
};
