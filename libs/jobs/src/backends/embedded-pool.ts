import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

/** A statement's way into a transaction of the embedded database. */
export interface EmbeddedSql {
  query(text: string, params?: readonly (string | number | boolean | null)[]): Promise<readonly EmbeddedRow[]>;
}
export type EmbeddedRow = Readonly<Record<string, unknown>>;

export interface EmbeddedScriptSql extends EmbeddedSql {
  script(text: string): Promise<void>;
}

/** What is needed of the embedded database that the process has open for its own tables. */
export interface EmbeddedDatabase {
  transaction<T>(work: (tx: EmbeddedSql) => Promise<T>): Promise<T>;
  exclusively<T>(work: (tx: EmbeddedScriptSql) => Promise<T>): Promise<T>;
  /** @returns ends it */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>;
}

/** Where the tables of the queue are, apart from all others. */
export const JOBS_SCHEMA = 'bullmq';

const LEADING_COMMENTS = /^(\s*--[^\n]*\n)+/;
const LISTEN = /^\s*LISTEN\s+"?(\w+)"?\s*;?\s*$/i;
const SELECT = /^\s*(SELECT|WITH)\b/i;
const TRANSACTION_COMMAND = /^\s*(BEGIN|COMMIT|ROLLBACK)\s*;?\s*$/i;

const quoteElement = (element: unknown): string =>
  element === null || element === undefined
    ? 'NULL'
    : `"${String(element).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** A parameter as the queue gives it to node-postgres, in the text form of the server. */
export const toParameter = (value: unknown): string | number | boolean | null => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return `{${value.map(quoteElement).join(',')}}`;
  return JSON.stringify(value);
};

/** A row as node-postgres would give it: integers of 64 bits are text. */
const toPgRow = (row: EmbeddedRow): EmbeddedRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, typeof value === 'bigint' ? String(value) : value]),
  );

const toResult = (rows: readonly EmbeddedRow[]): PgQueryResult => ({ rows: rows.map(toPgRow), rowCount: rows.length });

/** The conditions that the queue's functions raise, by the end of their messages; the queue wants the number. */
const CONDITIONS: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [/missing job/, '-1'],
  [/not active/, '-3'],
  [/lock mismatch/, '-6'],
  [/job belongs to a scheduler/, '-8'],
  [/job id collision/, '-10'],
  [/job slots busy/, '-11'],
];
const CONDITION_CODE = 'BM001';
const AWAY = /^(08|53|57P)/;

/** An error as the queue knows it: it waits before it asks a database again that is away. */
const toPgError = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (AWAY.test(error.code)) return Object.assign(new Error(error.message, { cause: error }), { code: 'ECONNREFUSED' });
  const detail = CONDITIONS.find(([pattern]) => pattern.test(error.message))?.[1];
  return error.code === CONDITION_CODE ? Object.assign(new Error(error.message), { code: error.code, detail }) : error;
};

/**
 * Runs a statement of the queue where its tables are found and ours are not, and leaves the connection as it was. Each of
 * its statements is whole in itself, so a transaction around each is all it needs.
 */
const runInSchema = async (
  database: EmbeddedDatabase,
  text: string,
  params: readonly unknown[] = [],
): Promise<PgQueryResult> => {
  try {
    return await database.transaction(async (tx) => {
      await tx.query(`set local search_path to ${JOBS_SCHEMA}`);
      return toResult(await tx.query(text, params.map(toParameter)));
    });
  } catch (error) {
    throw toPgError(error);
  }
};

/** One of the many users of the one connection; what it listens to ends with it. */
class EmbeddedClient extends EventEmitter implements PgPoolClient {
  readonly #database: EmbeddedDatabase;
  readonly #ends = new Map<string, Promise<() => Promise<void>>>();

  constructor(database: EmbeddedDatabase) {
    super();
    this.#database = database;
  }

  async query(text: string, params?: readonly unknown[]): Promise<PgQueryResult> {
    const statement = text.replace(LEADING_COMMENTS, '');
    const channel = LISTEN.exec(statement)?.[1];
    if (channel === undefined) return runInSchema(this.#database, statement, params);
    const listening = this.#ends.get(channel) ?? this.#listen(channel);
    this.#ends.set(channel, listening);
    await listening;
    return { rows: [], rowCount: 0 };
  }

  async #listen(channel: string): Promise<() => Promise<void>> {
    try {
      return await this.#database.listen(channel, (payload) => this.emit('notification', { channel, payload }));
    } catch (error) {
      this.#ends.delete(channel);
      throw toPgError(error);
    }
  }

  release(): void {
    // The database may be closing already, and then there is nothing left to end.
    for (const end of this.#ends.values()) void end.then((stop) => stop()).catch(() => undefined);
    this.#ends.clear();
  }
}

/** The embedded database in the form in which the queue wants a server: a pool of node-postgres. */
export class EmbeddedPool extends EventEmitter implements PgPool {
  /** Says that its connections do not drop in silence. */
  readonly options = { keepAlive: true };
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    super();
    this.#database = database;
  }

  query(text: string, params?: readonly unknown[]): Promise<PgQueryResult> {
    return runInSchema(this.#database, text, params);
  }

  connect(): Promise<PgPoolClient> {
    return Promise.resolve(new EmbeddedClient(this.#database));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** A connection for the queue's migrations, inside a transaction that is ours to begin and to end. */
export class MigrationClient extends EventEmitter implements PgPoolClient {
  readonly #tx: EmbeddedScriptSql;

  constructor(tx: EmbeddedScriptSql) {
    super();
    this.#tx = tx;
  }

  async query(text: string, params?: readonly unknown[]): Promise<PgQueryResult> {
    const statement = text.replace(LEADING_COMMENTS, '');
    if (TRANSACTION_COMMAND.test(statement)) return toResult([]);
    if (params !== undefined || SELECT.test(statement))
      return toResult(await this.#tx.query(statement, params?.map(toParameter)));
    await this.#tx.script(statement);
    return toResult([]);
  }

  release(): void {}
}
