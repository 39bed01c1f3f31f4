import { createHash } from 'node:crypto';
import type { MigratableDatabase } from './database.ts';
import type { Row } from './sql.ts';
import type { ScriptSql } from './transaction.ts';

/** One step forward. There is no way back: a later step repairs an earlier one. */
export interface Migration {
  /** Four digits and a name, like `0001_init`; the digits give the order. */
  readonly id: string;
  /** Statements; they run in one transaction with all other steps, so they may not end it or need to be outside of one. */
  readonly sql: string;
}

/** The schema is not what this program can work with. The message is one sentence for the operator. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

/** What was done to a schema before. */
export interface AppliedMigration {
  readonly id: string;
  readonly checksum: string;
}

const ID = /^\d{4}_[a-z0-9_]+$/;

/** The same for both kinds of line ends, since version control may change them. */
export const checksumOf = (sql: string): string =>
  createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');

const requireOrder = (migrations: readonly Migration[]): void => {
  for (const [position, { id }] of migrations.entries()) {
    if (!ID.test(id)) throw new RangeError(`The migration id ${id} is not of the form 0001_name.`);
    const before = migrations[position - 1]?.id;
    if (before !== undefined && before.slice(0, 4) >= id.slice(0, 4)) {
      throw new RangeError(`The migration ${id} must have a higher number than ${before}.`);
    }
  }
};

/**
 * What is left to do, in order.
 * @throws SchemaRefused  when the schema is newer than the list, or was made by another one
 * @throws RangeError  when the list itself is out of order
 */
export const pendingOf = (
  service: string,
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] => {
  requireOrder(migrations);
  const known = new Map(migrations.map((migration) => [migration.id, checksumOf(migration.sql)]));
  const newest = applied
    .map(({ id }) => id)
    .sort()
    .at(-1);
  for (const { id, checksum } of applied) {
    const expected = known.get(id);
    if (expected === undefined) {
      const last = migrations.at(-1)?.id ?? 'none';
      throw new SchemaRefused(
        `The database schema of ${service} is at ${newest}, but this version of the program knows no ${id} (its last is ${last}): start the version that made it, or a newer one.`,
      );
    }
    if (expected !== checksum) {
      throw new SchemaRefused(
        `Migration ${id} of ${service} was changed after it had been applied: put its text back and write the change as a new migration.`,
      );
    }
  }
  const done = new Set(applied.map(({ id }) => id));
  const pending = migrations.filter(({ id }) => !done.has(id));
  const [first] = pending;
  if (first !== undefined && newest !== undefined && first.id < newest) {
    throw new SchemaRefused(
      `Migration ${first.id} of ${service} comes before ${newest}, which has been applied already: give it a higher number.`,
    );
  }
  return pending;
};

const CREATE_TABLE = `
  create table schema_migrations (
    service text not null,
    id text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    primary key (service, id)
  )`;

const toApplied = ({ id, checksum }: Row): AppliedMigration => ({ id: String(id), checksum: String(checksum) });

/** Asks before it creates, so that a program whose schema is up to date needs no right to create anything. */
const readApplied = async (tx: ScriptSql, service: string): Promise<readonly AppliedMigration[]> => {
  const [table] = await tx.query(`select to_regclass('schema_migrations') is not null as found`);
  if (table?.found !== true) await tx.query(CREATE_TABLE);
  const rows = await tx.query('select id, checksum from schema_migrations where service = $1 order by id', [service]);
  return rows.map(toApplied);
};

const transactionId = async (tx: ScriptSql): Promise<unknown> =>
  (await tx.query('select pg_current_xact_id()::text as id'))[0]?.id;

/**
 * Brings the schema of a service up to date: all of it or nothing. Any number of processes may do so at the same time; one
 * works, the others wait and find nothing left to do.
 * @param service  whose migrations these are; services may share a database
 * @returns the ids of what was applied now
 * @throws SchemaRefused  when the schema is newer than the list, or was made by another one
 * @throws SqlError
 */
export const migrate = (
  database: MigratableDatabase,
  service: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> =>
  database.exclusively(async (tx) => {
    const pending = pendingOf(service, migrations, await readApplied(tx, service));
    if (pending.length === 0) return [];
    const before = await transactionId(tx);
    for (const { id, sql } of pending) {
      await tx.script(sql);
      if ((await transactionId(tx)) !== before) {
        throw new Error(`Migration ${id} of ${service} ends the transaction that it runs in, which is not allowed.`);
      }
      await tx.query('insert into schema_migrations (service, id, checksum) values ($1, $2, $3)', [
        service,
        id,
        checksumOf(sql),
      ]);
    }
    return pending.map(({ id }) => id);
  });
