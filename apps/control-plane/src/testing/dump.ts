import type { Sql } from '@portolan/sql';

/** Every column of every row of every table, as text; binary columns in hexadecimal. */
export const dumpOf = async (sql: Sql): Promise<Buffer> => {
  const tables = await sql.query(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' order by name`,
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.query(`select t::text as line from ${String(name)} t`);
    lines.push(`-- ${String(name)}: ${rows.length} rows`, ...rows.map(({ line }) => String(line)));
  }
  return Buffer.from(lines.join('\n'));
};
