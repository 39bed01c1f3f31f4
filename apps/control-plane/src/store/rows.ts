import type { Row, Sql } from '@portolan/sql';
import type * as z from 'zod';

/** RFC 3339 in UTC, as every answer has it. */
export const toTime = (date: Date): string => date.toISOString();

export const toTimeOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());

/** Rows as a schema says they are. A row that is not is our own mistake. */
export const readRows = <Schema extends z.ZodType>(schema: Schema, rows: readonly Row[]): readonly z.output<Schema>[] =>
  rows.map((row) => schema.parse(row));

export const readRow = <Schema extends z.ZodType>(
  schema: Schema,
  rows: readonly Row[],
): z.output<Schema> | undefined => (rows[0] === undefined ? undefined : schema.parse(rows[0]));

/** The number in the column `total` of the first row; 0 without rows. */
export const readTotal = (rows: readonly Row[]): number => Number(rows[0]?.total ?? 0);

/** A count by a statement whose only column is `total`. */
export const count = async (sql: Sql, text: string, params: Parameters<Sql['query']>[1]): Promise<number> =>
  readTotal(await sql.query(text, params));
