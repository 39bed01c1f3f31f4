export type { Database, Row, Sql, SqlValue } from './sql.ts';
