import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigratableDatabase } from './database.ts';
import { isUnavailable } from './errors.ts';
import { migratorPromises } from './migrate.conformance.ts';
import { queryPromises, typePromises, useItemTable } from './sql.conformance.ts';
import { transactionPromises } from './transaction.conformance.ts';

const OPEN_TIMEOUT_MS = 120_000;
/** What a test may take when the machine is busy with other things; alone each takes milliseconds. */
const TEST_TIMEOUT_MS = 60_000;

/**
 * Every promise of the port and of the migrator, as tests of one driver.
 * @param open  an empty database; it is closed in the end
 */
export const databaseConformance = (name: string, open: () => Promise<MigratableDatabase>): void => {
  describe(name, { timeout: TEST_TIMEOUT_MS }, () => {
    let opened: MigratableDatabase | undefined;
    const db = (): MigratableDatabase => {
      if (opened === undefined) throw new Error('the database could not be opened');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    }, OPEN_TIMEOUT_MS);
    afterAll(() => opened?.close());

    describe('sql', () => {
      useItemTable(db);
      describe('types', () => typePromises(db));
      describe('statements', () => queryPromises(db));
      describe('transactions', () => transactionPromises(db));
    });
    describe('migrator', () => migratorPromises(db));

    test('closing waits for what runs, refuses what comes later, and may be done twice', async () => {
      const running = db().transaction((tx) => tx.query('select 1 as one'));
      await Promise.all([db().close(), db().close()]);
      expect(await running).toEqual([{ one: 1 }]);
      const late = await db()
        .query('select 1')
        .catch((error: unknown) => error);
      expect(isUnavailable(late)).toBe(true);
      await db().close();
    });
  });
};
