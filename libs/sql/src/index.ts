export type { MigratableDatabase } from './database.ts';
export {
  isCheckViolation,
  isForeignKeyViolation,
  isNotNullViolation,
  isRetryable,
  isTimeout,
  isUnavailable,
  isUniqueViolation,
  isUnstorableText,
  SQLSTATE,
  type SqlCondition,
  SqlError,
} from './errors.ts';
export { type Migration, migrate, SchemaRefused } from './migrate.ts';
export { type EmbeddedDatabase, openPglite, type PgliteOptions } from './pglite.ts';
export { openPostgres, type PostgresOptions } from './postgres.ts';
export { readMigrations } from './read-migrations.ts';
export type { Database, Row, Sql, SqlValue } from './sql.ts';
export type { ScriptSql } from './transaction.ts';
