import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { lockDataDir } from '@portolan/service-kit';
import { databaseOver, type MigratableDatabase } from './database.ts';
import { fromServer, isServerError, SQLSTATE, SqlError } from './errors.ts';
import type { Session } from './transaction.ts';
import { createTurns } from './turns.ts';
import { readerOf, writeValue } from './values.ts';

export interface PgliteOptions {
  /** Where the data is kept; made if it is missing. Without it everything is in memory and gone after `close`. */
  readonly dataDir?: string;
  /** How many calls may wait for their turn, since there is one connection. */
  readonly maxWaiting?: number;
  /** How long a call waits for its turn. */
  readonly waitTimeoutMs?: number;
}

/** A database that lives in this process, with what PostgreSQL has beside tables and transactions. */
export interface EmbeddedDatabase extends MigratableDatabase {
  /**
   * Hears what is sent to a channel (`NOTIFY`), from the moment it resolves.
   * @param channel  a plain name in lower case
   * @returns ends it; after `close` there is nothing left to end
   * @throws SqlError
   */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>;
}

const CHANNEL = /^[a-z_][a-z0-9_]{0,62}$/;

const CLUSTER = 'pg';
/** A cluster in the making: a first start that was cut short leaves it, and the next start begins again. */
const UNFINISHED_CLUSTER = 'pg.new';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const startCluster = async (dataDir: string): Promise<PGlite> => {
  const cluster = join(dataDir, CLUSTER);
  if (!(await exists(cluster))) {
    const unfinished = join(dataDir, UNFINISHED_CLUSTER);
    await rm(unfinished, { recursive: true, force: true });
    await (await PGlite.create({ dataDir: unfinished })).close();
    await rename(unfinished, cluster);
  }
  return PGlite.create({ dataDir: cluster });
};

/** Makes the driver give and take text only, so that our own table of types holds for it as for the other driver. */
const useOurTypes = (engine: PGlite): void => {
  const typeIds = Object.keys(engine.parsers);
  engine.parsers = Object.fromEntries(typeIds.map((typeId) => [typeId, readerOf(Number(typeId))]));
  engine.serializers = Object.fromEntries(Object.keys(engine.serializers).map((typeId) => [typeId, String]));
};

const toSqlError = (error: unknown): SqlError =>
  isServerError(error)
    ? fromServer(error)
    : new SqlError(SQLSTATE.internal_error, 'the embedded database failed on its own side');

const sessionOf = (engine: PGlite): Session => ({
  async run(text, params = []) {
    const values = params.map(writeValue);
    try {
      return (await engine.query<Record<string, unknown>>(text, values)).rows;
    } catch (error) {
      throw toSqlError(error);
    }
  },
  async script(text) {
    try {
      await engine.exec(text);
    } catch (error) {
      throw toSqlError(error);
    }
  },
  // There is no other connection to change to.
  discard: () => undefined,
});

/**
 * Opens PostgreSQL embedded in this process. It answers in our thread, one call at a time, and knows no timeout for a
 * statement. Its files survive the death of the process at any moment, not the loss of power.
 * @throws DataDirLocked  while another process, or another part of this one, has the directory open
 */
export const openPglite = async ({
  dataDir,
  maxWaiting = 1_000,
  waitTimeoutMs = 10_000,
}: PgliteOptions = {}): Promise<EmbeddedDatabase> => {
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // A second process that opens the directory is not refused by the engine: it destroys the data.
  const lock = dataDir === undefined ? undefined : await lockDataDir(dataDir);
  try {
    const engine = dataDir === undefined ? await PGlite.create() : await startCluster(dataDir);
    useOurTypes(engine);
    const session = sessionOf(engine);
    const inTurn = createTurns({ maxWaiting, waitTimeoutMs });
    const database = databaseOver({
      use: (work) => inTurn(() => work(session)),
      // The one connection is ours already, and the lock of the directory keeps other processes out.
      lockSchema: () => Promise.resolve(),
      close: async () => {
        await engine.close();
        await lock?.release();
      },
    });
    // In its turn, since inside of somebody's transaction it would end with that.
    const listen = (channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> =>
      inTurn(async () => {
        if (!CHANNEL.test(channel)) throw new RangeError(`The channel ${channel} is no plain name in lower case.`);
        if (engine.closed) throw new SqlError(SQLSTATE.connection_does_not_exist, 'the database is closed');
        try {
          const end = await engine.listen(channel, onPayload);
          return () => inTurn(() => (engine.closed ? Promise.resolve() : end()));
        } catch (error) {
          throw toSqlError(error);
        }
      });
    return { ...database, listen };
  } catch (error) {
    await lock?.release();
    throw error;
  }
};
