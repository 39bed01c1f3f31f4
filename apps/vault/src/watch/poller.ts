import type { Changes, ChangesHead } from '../ports/changes.ts';
import type { Subscriber } from './subscriber.ts';

export interface PollerSettings {
  readonly changes: Changes;
  readonly pollMs: number;
  /** Changes that are read at once. */
  readonly pageSize: number;
  /** Told of every poll that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** One reader of the order of changes for all watchers of a process. It asks only while somebody watches. */
export interface Poller {
  /** Adds a watcher, who gets every change after the returned head. @throws what stood in the way of knowing the head */
  join(subscriber: Subscriber): Promise<ChangesHead>;
  leave(subscriber: Subscriber): void;
  /** Up to where every watcher has been told. */
  position(): ChangesHead;
  /** How many polls have succeeded: silence between two equal numbers proves nothing. */
  polls(): number;
  /** Looks now instead of at the next poll: this process has made a change. */
  poke(): void;
  close(): void;
}

export const createPoller = ({ changes, pollMs, pageSize, onFailure }: PollerSettings): Poller => {
  const subscribers = new Set<Subscriber>();
  let position: ChangesHead = { epoch: '', revision: 0 };
  let polls = 0;
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> | undefined;
  let again = false;
  let closed = false;

  /** True when there is more to read at once. */
  const poll = async (): Promise<boolean> => {
    const { head, changes: found } = await changes.after(position.revision, pageSize);
    polls += 1;
    // Another database, or this one from an older backup: what was told may never have happened.
    if (head.epoch !== position.epoch || head.revision < position.revision) {
      position = head;
      for (const subscriber of subscribers) subscriber.miss();
      return false;
    }
    for (const change of found) for (const subscriber of subscribers) subscriber.push(change);
    position = { ...position, revision: found.at(-1)?.revision ?? position.revision };
    return found.length === pageSize;
  };

  const run = async (): Promise<void> => {
    try {
      do again = false;
      while ((await poll()) || again);
    } catch (error) {
      onFailure(error);
    }
  };

  const tick = (): void => {
    clearTimeout(timer);
    timer = undefined;
    polling ??= run().finally(() => {
      polling = undefined;
      if (subscribers.size > 0 && !closed) timer = setTimeout(tick, pollMs);
    });
  };

  return {
    join: async (subscriber) => {
      if (subscribers.size === 0) {
        await polling;
        const { head } = await changes.after(Number.MAX_SAFE_INTEGER, 1);
        // Somebody else may have joined meanwhile, and the position is theirs already.
        if (subscribers.size === 0) position = head;
      }
      subscribers.add(subscriber);
      if (timer === undefined && polling === undefined && !closed) timer = setTimeout(tick, pollMs);
      return position;
    },
    leave: (subscriber) => {
      subscribers.delete(subscriber);
      if (subscribers.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
    },
    position: () => position,
    polls: () => polls,
    poke: () => {
      if (subscribers.size === 0 || closed) return;
      again = true;
      tick();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};
