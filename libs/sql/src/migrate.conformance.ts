import { beforeEach, expect, test } from 'vitest';
import type { MigratableDatabase } from './database.ts';
import { type Migration, migrate, SchemaRefused } from './migrate.ts';

const INIT: Migration = {
  id: '0001_init',
  sql: `
    create table fruit (id integer primary key, name text not null);
    -- a comment; with a semicolon
    create function fruit_count() returns bigint language sql as $$ select count(*) from fruit; $$;
    insert into fruit values (1, 'apple; pear');`,
};
const COLOUR: Migration = { id: '0002_colour', sql: `alter table fruit add column colour text not null default 'red'` };
const BROKEN: Migration = {
  id: '0003_broken',
  sql: `insert into fruit values (2, 'fig'); insert into nowhere values (1)`,
};

/** Promises of the migrator over one driver. */
export const migratorPromises = (db: () => MigratableDatabase): void => {
  beforeEach(async () => {
    await db().query('drop table if exists schema_migrations');
    await db().query('drop function if exists fruit_count()');
    await db().query('drop table if exists fruit');
  });

  test('migrations of several statements are applied in order, once', async () => {
    expect(await migrate(db(), 'shop', [INIT])).toEqual(['0001_init']);
    expect(await migrate(db(), 'shop', [INIT, COLOUR])).toEqual(['0002_colour']);
    expect(await migrate(db(), 'shop', [INIT, COLOUR])).toEqual([]);
    expect(await db().query('select *, fruit_count() as n from fruit')).toEqual([
      { id: 1, name: 'apple; pear', colour: 'red', n: 1n },
    ]);
  });

  test('when two start at the same time one works and the other finds nothing to do', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(db(), 'shop', [INIT, COLOUR])));
    expect(results.filter((applied) => applied.length > 0)).toEqual([['0001_init', '0002_colour']]);
    expect(await db().query('select count(*) as n from fruit')).toEqual([{ n: 1n }]);
  });

  test('a migration that fails leaves nothing of its run behind, and can be tried again', async () => {
    await migrate(db(), 'shop', [INIT]);
    await expect(migrate(db(), 'shop', [INIT, COLOUR, BROKEN])).rejects.toMatchObject({ code: '42P01' });
    expect(await db().query('select * from fruit')).toEqual([{ id: 1, name: 'apple; pear' }]);
    expect(await migrate(db(), 'shop', [INIT, COLOUR])).toEqual(['0002_colour']);
  });

  test('a schema that is newer than the program is refused and left alone', async () => {
    await migrate(db(), 'shop', [INIT, COLOUR]);
    const refused = migrate(db(), 'shop', [INIT]);
    await expect(refused).rejects.toThrow(SchemaRefused);
    await expect(refused).rejects.toThrow('0002_colour');
    expect(await migrate(db(), 'shop', [INIT, COLOUR])).toEqual([]);
  });

  test('a migration whose text changed after it was applied is refused', async () => {
    await migrate(db(), 'shop', [INIT]);
    await expect(migrate(db(), 'shop', [{ ...INIT, sql: 'select 1' }, COLOUR])).rejects.toThrow(SchemaRefused);
    expect(await db().query('select id from schema_migrations')).toEqual([{ id: '0001_init' }]);
  });

  test('services that share a database have their own migrations', async () => {
    await migrate(db(), 'shop', [INIT]);
    expect(await migrate(db(), 'bank', [{ id: '0001_init', sql: 'select 1' }])).toEqual(['0001_init']);
    expect(await migrate(db(), 'shop', [INIT])).toEqual([]);
  });

  test('a migration that ends its own transaction is refused', async () => {
    const sql = 'commit; begin';
    await expect(migrate(db(), 'shop', [{ id: '0001_init', sql }])).rejects.toThrow('0001_init of shop ends');
    expect(await db().query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('an error of the schema lock holder frees the lock', async () => {
    const failed = db().exclusively(() => Promise.reject(new Error('gave up')));
    await expect(failed).rejects.toThrow('gave up');
    expect(await db().exclusively((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });
};
