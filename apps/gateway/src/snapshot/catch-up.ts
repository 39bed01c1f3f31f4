import { setTimeout as wait } from 'node:timers/promises';
import { PlatformError } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';
import type { SnapshotBook } from './book.ts';
import type { SnapshotView } from './view.ts';

/** Waits for what was saved a moment ago, so that nobody is told that it does not exist. */
export interface CatchUp {
  /**
   * Asks how far the changes have come and waits until they are here.
   * @param missed  what was looked for in vain: the same is not asked for again within seconds
   * @param seen    the view in which it was missed
   * @returns whether there is another view now
   * @throws PlatformError (503) when it cannot be known
   */
  after(missed: string, seen: SnapshotView): Promise<boolean>;
  /** The same without a memory: for whoever says that something has changed. Never rejects. */
  now(): Promise<void>;
  /** Waits until a revision is here, or for the bound. */
  untilKnown(revision: number): Promise<void>;
}

/** One question and the wait for its answer take this long at most. */
export const CATCH_UP_MS = 1_000;
const MISSES_MAX = 10_000;
const MISS_MS = 5_000;
const WAITERS_MAX = 10_000;

/** @param getRevision  asks the control plane for its newest committed revision, within the time given */
export const createCatchUp = (
  book: SnapshotBook,
  getRevision: (timeoutMs: number) => Promise<number>,
  nowMs: () => number,
): CatchUp => {
  const misses = new LRUCache<string, true>({
    max: MISSES_MAX,
    ttl: MISS_MS,
    ttlResolution: 0,
    perf: { now: nowMs },
  });
  const waiters = new Set<{ readonly revision: number; readonly wake: () => void }>();
  book.onView(({ revision }) => {
    for (const waiter of waiters) if (waiter.revision <= revision) waiter.wake();
  });

  const untilKnown = async (revision: number, boundMs = CATCH_UP_MS): Promise<boolean> => {
    if (book.view().revision >= revision) return true;
    if (waiters.size >= WAITERS_MAX) return false;
    const timeout = new AbortController();
    const arrived = new Promise<true>((resolve) => {
      const waiter = {
        revision,
        wake() {
          waiters.delete(waiter);
          resolve(true);
        },
      };
      waiters.add(waiter);
      timeout.signal.addEventListener('abort', () => waiters.delete(waiter), { once: true });
    });
    const tooLate = wait(Math.max(0, boundMs), false, { signal: timeout.signal }).catch(() => false);
    return Promise.race([arrived, tooLate]).finally(() => timeout.abort());
  };

  const ask = async (): Promise<void> => {
    const endsAtMs = nowMs() + CATCH_UP_MS;
    const revision = await getRevision(CATCH_UP_MS);
    if (!(await untilKnown(revision, endsAtMs - nowMs())))
      throw new Error(`revision ${revision} did not arrive in time`);
  };
  // An answer to a question that was asked before a change may not know of it: whoever comes while one is under way shares the next.
  let current: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const shared = (): Promise<void> => {
    if (current === undefined) {
      current = ask().finally(() => {
        current = undefined;
      });
      return current;
    }
    following ??= current
      .catch(() => undefined)
      .then(() => {
        following = undefined;
        return shared();
      });
    return following;
  };

  return {
    async after(missed, seen) {
      if (misses.has(missed)) return book.view() !== seen;
      try {
        await shared();
      } catch (cause) {
        throw new PlatformError('control_plane_unavailable', {
          public: 'This is not known here, and the control plane cannot be asked at the moment',
          cause,
        });
      }
      misses.set(missed, true);
      return book.view() !== seen;
    },
    now: () => shared().catch(() => undefined),
    untilKnown: async (revision) => void (await untilKnown(revision)),
  };
};
