import type { Entity } from '@portolan/proto';
import { type Logger, PlatformError } from '@portolan/service-kit';
import type { Database } from '@portolan/sql';
import type { SnapshotReader } from '../snapshot/reader.ts';
import { type Counter, readCounter } from './counter.ts';

/** All that changed after one revision and up to another. */
export interface Delta {
  readonly after: bigint;
  readonly revision: bigint;
  readonly entities: readonly Entity[];
}

export interface FeedOptions {
  readonly db: Database;
  readonly readers: readonly SnapshotReader[];
  /** How often to look for changes while anybody watches, in ms. */
  readonly pollMs: number;
  readonly log: Logger;
}

/** What changes, for any number of watchers. It is read once for all of them. */
export interface Feed {
  /** Begins to look for changes; to be called back when the watcher leaves. */
  join(): () => void;
  /** What changed after a revision, up to now; undefined for nothing. @throws PlatformError when that is not known any more */
  after(revision: bigint): Promise<Delta | undefined>;
  /** Resolves when there is something after a revision, at the latest after `timeoutMs`, or when the signal aborts. */
  waitFor(after: bigint, timeoutMs: number, signal: AbortSignal): Promise<void>;
  counter(): Promise<Counter>;
  /** How many watch now. */
  watchers(): number;
  stop(): void;
}

const REVISIONS_AT_ONCE = 200;
const KEPT_DELTAS = 256;
const KEPT_ENTITIES = 5_000;

const CHANGED = `
  select c.revision, c.kind, c.entity_id from changes c
  where c.revision > $1 and c.revision <= (
    select max(revision) from (select distinct revision from changes where revision > $1 order by revision limit $2) nearest
  )
  order by c.revision`;

/** Reads what changed after a revision. Undefined when nothing did. */
const readDelta = async ({ db, readers }: FeedOptions, after: bigint): Promise<Delta | undefined> => {
  const rows = await db.query(CHANGED, [after, REVISIONS_AT_ONCE]);
  const revision = rows.at(-1)?.revision;
  if (typeof revision !== 'bigint') return undefined;
  const parts = await Promise.all(
    readers.map((reader) => {
      const ids = [
        ...new Set(rows.filter(({ kind }) => kind === reader.kind).map(({ entity_id }) => String(entity_id))),
      ];
      return ids.length === 0 ? [] : reader.load(db, ids);
    }),
  );
  return { after, revision, entities: parts.flat() };
};

/** @throws PlatformError  when changes after the revision are not kept any more: the watcher has to begin again */
const readKept = async (options: FeedOptions, after: bigint): Promise<Delta | undefined> => {
  const delta = await readDelta(options, after);
  if ((await readCounter(options.db)).prunedTo <= after) return delta;
  throw new PlatformError('conflict', { public: 'The changes after this revision are not kept any more.' });
};

const joined = (deltas: readonly Delta[], after: bigint): Delta | undefined => {
  const first = deltas.findIndex((delta) => delta.after <= after && after < delta.revision);
  if (first === -1) return undefined;
  const rest = deltas.slice(first);
  const revision = rest.at(-1)?.revision;
  return revision === undefined ? undefined : { after, revision, entities: rest.flatMap(({ entities }) => entities) };
};

export const createFeed = (options: FeedOptions): Feed => {
  const { db, pollMs, log } = options;
  const recent: Delta[] = [];
  const waiting = new Set<() => void>();
  let newest: bigint | undefined;
  let watchers = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;

  const keep = (delta: Delta): void => {
    recent.push(delta);
    let entities = recent.reduce((sum, each) => sum + each.entities.length, 0);
    while (recent.length > KEPT_DELTAS || (entities > KEPT_ENTITIES && recent.length > 1)) {
      entities -= recent.shift()?.entities.length ?? 0;
    }
  };

  const wake = (): void => {
    for (const resolve of [...waiting]) resolve();
  };

  const look = async (): Promise<void> => {
    newest ??= (await readCounter(db)).revision;
    for (;;) {
      const delta = await readDelta(options, newest);
      if (delta === undefined) return;
      keep(delta);
      newest = delta.revision;
      wake();
    }
  };

  const poll = async (): Promise<void> => {
    timer = undefined;
    try {
      await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ error }, 'changes cannot be read; gateways keep what they have');
    }
    schedule();
  };

  const schedule = (): void => {
    if (stopped || watchers === 0 || timer !== undefined) return;
    // A database that is down is asked less often, not never.
    timer = setTimeout(() => void poll(), Math.min(pollMs * 2 ** Math.min(failures, 5), 5_000));
    timer.unref();
  };

  return {
    join: () => {
      watchers += 1;
      schedule();
      let left = false;
      return () => {
        if (!left) watchers -= 1;
        left = true;
      };
    },
    after: async (revision) => {
      if (newest !== undefined && revision >= newest) return undefined;
      return joined(recent, revision) ?? readKept(options, revision);
    },
    waitFor: (after, timeoutMs, signal) =>
      new Promise((resolve) => {
        if ((newest !== undefined && newest > after) || signal.aborted || stopped) return resolve();
        const done = (): void => {
          clearTimeout(end);
          signal.removeEventListener('abort', done);
          waiting.delete(done);
          resolve();
        };
        const end = setTimeout(done, timeoutMs);
        signal.addEventListener('abort', done, { once: true });
        waiting.add(done);
      }),
    counter: () => readCounter(db),
    watchers: () => watchers,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      wake();
    },
  };
};
