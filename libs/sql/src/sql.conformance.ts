import { beforeEach, expect, test } from 'vitest';
import {
  isCheckViolation,
  isForeignKeyViolation,
  isNotNullViolation,
  isUniqueViolation,
  SQLSTATE,
  SqlError,
} from './errors.ts';
import type { Database, SqlValue } from './sql.ts';

const only = async (db: Database, text: string, params?: readonly SqlValue[]): Promise<unknown> => {
  const rows = await db.query(text, params);
  expect(rows).toHaveLength(1);
  return rows[0]?.value;
};

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SqlError)) throw new Error('no SqlError', { cause: error });
  return error.code;
};

/** A column type, what is written, and what is read if that is something else. */
type RoundTrip = [type: string, value: SqlValue, read: unknown];

const same = (type: string, value: SqlValue): RoundTrip => [type, value, value];

/** Promises of the types: what goes in as a parameter comes out of a column as the same. */
export const typePromises = (db: () => Database): void => {
  const roundTrips: readonly RoundTrip[] = [
    same('text', ''),
    same('text', 'ünï – 漢字 – 🚢'),
    same('text', `'; drop table item; -- $1 \\ " \n\t`),
    same('text', '0042'),
    same('smallint', -32768),
    same('integer', 2147483647),
    same('double precision', 0.1),
    same('double precision', -1.7976931348623157e308),
    same('double precision', Number.POSITIVE_INFINITY),
    same('double precision', Number.NaN),
    same('bigint', 0n),
    same('bigint', 9223372036854775807n),
    same('bigint', -9223372036854775808n),
    ['bigint', 7, 7n],
    same('numeric', '12345678901234567890.123456789'),
    same('boolean', true),
    same('boolean', false),
    same('bytea', new Uint8Array()),
    same(
      'bytea',
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    ),
    same('timestamptz', new Date('2024-02-29T23:59:59.999Z')),
    same('timestamptz', new Date('1969-12-31T23:59:59.001Z')),
    same('timestamptz', new Date('0001-01-01T00:00:00.000Z')),
    same('timestamptz', new Date('-000043-03-15T12:00:00.000Z')),
    same('timestamptz', new Date('+012024-05-06T07:08:09.010Z')),
    ['timestamptz', '2024-06-01 12:00:00.123987+05:30', new Date('2024-06-01T06:30:00.123Z')],
    ['timestamptz', 'infinity', new Date(8.64e15)],
    ['jsonb', '{"a":[1,2.5,null,true,"ü"],"b":{"c":{}}}', { a: [1, 2.5, null, true, 'ü'], b: { c: {} } }],
    ['jsonb', 'null', null],
    ['jsonb', '"text"', 'text'],
    ['json', '[1]', [1]],
    same('uuid', '6f1c0c1e-3b0e-4b53-9a53-0a5a5a5a5a5a'),
    same('text[]', '{a,"b c"}'),
  ];

  test.each(roundTrips)('%s keeps %o', async (...[type, value, read]) => {
    expect(await only(db(), `select $1::${type} as value`, [value])).toStrictEqual(read);
  });

  test.each(['text', 'integer', 'bigint', 'boolean', 'bytea', 'timestamptz', 'jsonb'])(
    '%s keeps null',
    async (type) => {
      expect(await only(db(), `select $1::${type} as value`, [null])).toBeNull();
    },
  );

  test('part of a larger buffer is stored as that part', async () => {
    const part = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(await only(db(), 'select $1::bytea as value', [part])).toStrictEqual(Uint8Array.of(2, 3));
  });

  test('a count is a bigint', async () => {
    expect(await only(db(), 'select count(*) as value from item')).toBe(0n);
  });

  test('a value keeps its type through a table', async () => {
    const at = new Date('2024-05-06T07:08:09.010Z');
    await db().query('insert into item (id, name, size, body, doc, at) values ($1, $2, $3, $4, $5, $6)', [
      1,
      'one',
      2n ** 60n,
      Uint8Array.of(0, 255),
      JSON.stringify({ a: 1 }),
      at,
    ]);
    expect(await db().query('select id, name, size, body, doc, at, parent from item')).toStrictEqual([
      { id: 1, name: 'one', size: 2n ** 60n, body: Uint8Array.of(0, 255), doc: { a: 1 }, at, parent: null },
    ]);
  });

  test('a date that is none is refused before it is sent', async () => {
    expect(await codeOf(db().query('select $1::timestamptz', [new Date(Number.NaN)]))).toBe(
      SQLSTATE.invalid_datetime_format,
    );
  });
};

/** Promises of statements and their errors. */
export const queryPromises = (db: () => Database): void => {
  test('rows come in their order, and a statement without rows gives none', async () => {
    expect(await db().query('select n as value from generate_series(1, 3) n order by n desc')).toStrictEqual([
      { value: 3 },
      { value: 2 },
      { value: 1 },
    ]);
    expect(await db().query(`insert into item (id, name) values (1, 'one')`)).toStrictEqual([]);
  });

  test('a parameter is a value and never part of the statement', async () => {
    const hostile = `x'); drop table item; --`;
    await db().query('insert into item (id, name) values ($1, $2)', [1, hostile]);
    expect(await only(db(), 'select name as value from item where name = $1', [hostile])).toBe(hostile);
  });

  test.each([
    ['without parameters', 'select 1; drop table item', []],
    ['with parameters', 'select $1::int; drop table item', [1]],
  ])('a second statement in one call is refused %s', async (_, text, params) => {
    expect(await codeOf(db().query(text, params))).toBe(SQLSTATE.syntax_error);
    expect(await only(db(), 'select count(*) as value from item')).toBe(0n);
  });

  test('missing parameters, text with a zero byte and bad syntax are errors, and the database goes on', async () => {
    expect(await codeOf(db().query('select $1::int'))).toBe(SQLSTATE.protocol_violation);
    expect(await codeOf(db().query('select $1::text', ['a\0b']))).toBe('22021');
    expect(await codeOf(db().query('selekt'))).toBe(SQLSTATE.syntax_error);
    expect(await codeOf(db().query('select * from nowhere'))).toBe('42P01');
    expect(await only(db(), 'select 1 as value')).toBe(1);
  });

  test('a broken constraint is told apart and named', async () => {
    const insert = (id: number | null, name: string | null, parent: number | null = null) =>
      db()
        .query('insert into item (id, name, parent) values ($1, $2, $3)', [id, name, parent])
        .catch((error: unknown) => error);
    await insert(1, 'one');
    const unique = await insert(1, 'again');
    expect(isUniqueViolation(unique)).toBe(true);
    expect(unique).toMatchObject({ code: '23505', constraint: 'item_pkey', table: 'item' });
    const missing = await insert(2, null);
    expect(isNotNullViolation(missing)).toBe(true);
    expect(missing).toMatchObject({ column: 'name' });
    expect(isForeignKeyViolation(await insert(2, 'two', 99))).toBe(true);
    expect(isCheckViolation(await insert(-1, 'negative'))).toBe(true);
    expect(isUniqueViolation(missing)).toBe(false);
  });

  test('no error carries a parameter, whatever went wrong with it', async () => {
    const secret = 'sk-very-secret-value';
    await db().query('insert into item (id, name) values (1, $1)', [secret]);
    const failures = await Promise.allSettled([
      db().query('select $1::integer', [secret]),
      db().query('select $1::jsonb', [secret]),
      db().query('select $1::timestamptz', [secret]),
      db().query('select $1::uuid', [`${secret}"\n"${secret}`]),
      db().query('insert into item (id, name) values (1, $1)', [secret]),
      db().query('insert into item (id, name) values (2, $1)', [secret]),
      db().query('insert into item (id, name) values (-2, $1)', [`${secret}2`]),
    ]);
    for (const failure of failures) {
      if (failure.status !== 'rejected') throw new Error('was not refused');
      const error: unknown = failure.reason;
      expect(error).toBeInstanceOf(SqlError);
      if (error instanceof Error) {
        expect(`${error.message} ${error.stack} ${JSON.stringify({ ...error })}`).not.toContain(secret);
        expect(error.cause).toBeUndefined();
      }
    }
  });
};

/** A table for every test; what the other promises use. */
export const useItemTable = (db: () => Database): void => {
  beforeEach(async () => {
    await db().query('drop table if exists item');
    await db().query(`
      create table item (
        id integer primary key check (id >= 0),
        name text not null unique,
        size bigint not null default 0,
        body bytea,
        doc jsonb,
        at timestamptz,
        parent integer references item (id) deferrable initially immediate
      )`);
  });
};
