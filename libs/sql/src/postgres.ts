import { Pool, type PoolClient, type PoolConfig, type QueryConfig } from 'pg';
import { databaseOver, type MigratableDatabase } from './database.ts';
import { fromServer, isServerError, isUnavailable, SQLSTATE, SqlError } from './errors.ts';
import type { Row, SqlValue } from './sql.ts';
import type { Session } from './transaction.ts';
import { readerOf, writeValue } from './values.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  readonly maxConnections?: number;
  /** How many calls may wait for a connection; who comes then is refused at once. */
  readonly maxWaiting?: number;
  /** How long a call waits for a connection, the making of one included. */
  readonly waitTimeoutMs?: number;
  /** How long a statement may run; the server ends it then. */
  readonly statementTimeoutMs?: number;
  /** How much later than the server we give up on a statement ourselves, for a server that answers nothing any more. */
  readonly answerGraceMs?: number;
  /** How long a transaction may stand still between two statements. */
  readonly idleTransactionTimeoutMs?: number;
  /** What the server shows of us in `pg_stat_activity`. */
  readonly applicationName?: string;
}

const IDLE_CONNECTION_MS = 30_000;
const MIGRATION_STATEMENT_TIMEOUT_MS = 600_000;
/** DDL that waits for a table makes everybody behind it wait too, so it gives up early; the next start tries again. */
const MIGRATION_LOCK_TIMEOUT_MS = 10_000;
/** Any number that nobody else in the database takes for an advisory lock; the letters "portolan" as bytes. */
const SCHEMA_LOCK = 0x706f72746f6c616en;

/** The passwords in a URL, as written and decoded. @throws SqlError  for text that is no URL, which it does not repeat */
const passwordsIn = (url: string): readonly string[] => {
  try {
    const { password, searchParams } = new URL(url);
    const found = [password, decodeURIComponent(password), searchParams.get('password') ?? ''];
    return found.filter((text) => text !== '');
  } catch {
    throw new SqlError(SQLSTATE.cannot_connect, 'the URL of the database cannot be read');
  }
};

/** What happened on the way to the server or back. */
const onTheWay = (code: string, error: unknown): SqlError => {
  const said = error instanceof Error ? error.message : '';
  const codeOfSystem = error instanceof Error && 'code' in error ? String(error.code) : 'no reason is known';
  return new SqlError(code, said === '' ? `the connection to the database failed: ${codeOfSystem}` : said);
};

const withoutPasswords = (error: SqlError, passwords: readonly string[]): SqlError =>
  new SqlError(
    error.code,
    passwords.reduce((text, password) => text.replaceAll(password, '…'), error.message),
    error,
  );

const failedToConnect = (error: unknown): SqlError => {
  if (isServerError(error)) return fromServer(error);
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
    ? new SqlError(SQLSTATE.too_many_connections, 'no connection to the database became free in time')
    : onTheWay(SQLSTATE.cannot_connect, error);
};

const failedToRun = (error: unknown): SqlError => {
  if (isServerError(error)) return fromServer(error);
  return error instanceof Error && error.message === 'Query read timeout'
    ? new SqlError(SQLSTATE.query_canceled, 'the database did not answer in time')
    : onTheWay(SQLSTATE.connection_failure, error);
};

interface LentSession extends Session {
  /** False once the connection must be thrown away. */
  readonly isUsable: () => boolean;
}

const sessionOf = (client: PoolClient, deadlineMs: number): LentSession => {
  let usable = true;
  const ask = async (statement: QueryConfig & { readonly queryMode?: 'extended' }): Promise<readonly Row[]> => {
    if (!usable) throw new SqlError(SQLSTATE.connection_failure, 'the connection to the database was lost');
    const withDeadline = { ...statement, query_timeout: deadlineMs };
    try {
      return (await client.query<Record<string, unknown>>(withDeadline)).rows;
    } catch (error) {
      const failure = failedToRun(error);
      // A statement that the server refused leaves the connection fine; anything else leaves it in the middle of something.
      if (!isServerError(error) || isUnavailable(failure)) usable = false;
      throw failure;
    }
  };
  return {
    // The extended protocol also without parameters: it takes one statement only.
    run: async (text: string, params: readonly SqlValue[] = []) =>
      ask({ text, queryMode: 'extended', values: params.map(writeValue) }),
    script: async (text) => void (await ask({ text })),
    discard: () => {
      usable = false;
    },
    isUsable: () => usable,
  };
};

const readers: PoolConfig['types'] = { getTypeParser: (typeId: number) => readerOf(typeId) };

/**
 * Opens a pool of connections to a PostgreSQL server. None is made before the first call, so a server that is away shows
 * there, as `cannot_connect`.
 * @throws SqlError  at once for a URL that cannot be read
 */
export const openPostgres = ({
  url,
  maxConnections = 10,
  maxWaiting = 1_000,
  waitTimeoutMs = 5_000,
  statementTimeoutMs = 30_000,
  answerGraceMs = 2_000,
  idleTransactionTimeoutMs = 60_000,
  applicationName = 'portolan',
}: PostgresOptions): MigratableDatabase => {
  const passwords = passwordsIn(url);
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: waitTimeoutMs,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
    application_name: applicationName,
    options: '-c timezone=UTC -c bytea_output=hex',
    keepAlive: true,
    types: readers,
  });
  // A connection that dies unused is replaced by the pool; the next caller never sees it.
  pool.on('error', () => undefined);

  const borrow = async (): Promise<PoolClient> => {
    if (pool.waitingCount >= maxWaiting) {
      throw new SqlError(SQLSTATE.too_many_connections, 'too many calls wait for a connection to the database');
    }
    try {
      return await pool.connect();
    } catch (error) {
      throw withoutPasswords(failedToConnect(error), passwords);
    }
  };

  return databaseOver({
    use: async (work, forSchema) => {
      const client = await borrow();
      const deadlineMs = (forSchema ? MIGRATION_STATEMENT_TIMEOUT_MS : statementTimeoutMs) + answerGraceMs;
      const session = sessionOf(client, deadlineMs);
      const onError = (): void => session.discard();
      client.on('error', onError);
      try {
        return await work(session);
      } finally {
        client.off('error', onError);
        client.release(!session.isUsable());
      }
    },
    lockSchema: async (tx) => {
      await tx.script(`set local statement_timeout = ${MIGRATION_STATEMENT_TIMEOUT_MS}`);
      await tx.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
      await tx.script(`set local lock_timeout = ${MIGRATION_LOCK_TIMEOUT_MS}`);
    },
    close: () => pool.end(),
  });
};
