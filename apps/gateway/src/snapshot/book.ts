import type { Entity, WatchSnapshotResponse } from '@portolan/proto';
import type { Logger } from '@portolan/service-kit';
import { type Item, type Known, knownOf } from './items.ts';
import { type Placing, TwoLevelMap } from './two-level.ts';
import { SnapshotView } from './view.ts';

/** What a gateway has heard of the platform, and the newest view of it. */
export interface SnapshotBook {
  /** Everything as of the newest whole revision. */
  view(): SnapshotView;
  /** Continues after the view on another stream; empty asks for everything. */
  resumeToken(): string;
  /** A new stream begins: parts of a revision that never got its last one are forgotten. */
  begin(): void;
  /** One part of a change, in the order of the stream. The view changes with the last part of a revision, all at once. */
  receive(part: WatchSnapshotResponse): void;
  /** Everything in the view, to be written down. */
  entities(): readonly Entity[];
  /** Called after each new view. */
  onView(listener: (view: SnapshotView) => void): void;
}

/** A platform of a hundred thousand keys and as many prompts fits several times. */
const ENTITIES_MAX = 1_000_000;
/** Of so many things that are gone it is remembered how often they had been changed. */
const GONE_MAX = 100_000;

interface Pending {
  readonly revision: number;
  readonly isFull: boolean;
  /** Understood part by part, so that the last one has little left to do. */
  readonly news: Known[];
}

export const createSnapshotBook = (log: Logger): SnapshotBook => {
  const held = new Map<string, Known>();
  /** Generations of what is gone, oldest first: late news of it must not bring it back. */
  const gone = new Map<string, number>();
  const listeners: ((view: SnapshotView) => void)[] = [];
  let view = new SnapshotView(0, new TwoLevelMap());
  let items = new TwoLevelMap<Item>();
  let resumeToken = '';
  let pending: Pending | undefined;

  const generationOf = (key: string): number => held.get(key)?.generation ?? gone.get(key) ?? -1;

  /** Takes one thing up, or down. @returns false for late news, which change nothing */
  const settle = (known: Known): boolean => {
    if (known.generation < generationOf(known.key)) return false;
    if (known.placings.length === 0) forget(known.key, known.generation);
    else {
      held.set(known.key, known);
      gone.delete(known.key);
    }
    return true;
  };

  const forget = (key: string, generation: number): void => {
    held.delete(key);
    gone.delete(key);
    gone.set(key, generation);
    const oldest = gone.keys().next();
    if (gone.size > GONE_MAX && oldest.done !== true) gone.delete(oldest.value);
  };

  const apply = ({ revision, isFull, news }: Pending): void => {
    const removals: Placing<Item>[] = [];
    const additions: Placing<Item>[] = [];
    const changes = newestOf(news);
    if (isFull) {
      for (const [key, { generation, placings }] of held) {
        if (changes.has(key)) continue;
        removals.push(...placings.map(withoutValue));
        forget(key, generation);
      }
    }
    for (const known of changes.values()) {
      const before = held.get(known.key)?.placings ?? [];
      if (!settle(known)) continue;
      removals.push(...before.map(withoutValue));
      additions.push(...known.placings);
    }
    // A name may pass from one thing to another in one change: it is taken away before it is given.
    items = items.with([...removals, ...additions]);
    view = new SnapshotView(revision, items);
    for (const listener of listeners) listener(view);
  };

  const complete = (whole: Pending, token: string): void => {
    if (whole.isFull && whole.revision < view.revision) {
      // A backup was restored. It is followed, but not in what is known to have been changed, or ended, after it was made.
      log.warn(
        { revision: whole.revision, held: view.revision },
        'the control plane tells an earlier state than before',
      );
    }
    if (whole.isFull || whole.revision > view.revision) apply(whole);
    if (token !== '') resumeToken = token;
  };

  return {
    view: () => view,
    resumeToken: () => resumeToken,
    begin() {
      pending = undefined;
    },
    receive({ revision, isFull, isLastPart, resumeToken: token, entities }) {
      if (pending?.revision !== revision) pending = { revision, isFull, news: [] };
      if (pending.news.length + entities.length > ENTITIES_MAX) {
        pending = undefined;
        throw new Error(`a revision of more than ${ENTITIES_MAX} entities`);
      }
      for (const entity of entities) {
        const known = knownOf(entity);
        if (known !== undefined) pending.news.push(known);
      }
      if (!isLastPart) return;
      const whole = pending;
      pending = undefined;
      complete(whole, token);
    },
    entities: () => Array.from(held.values(), ({ entity }) => entity),
    onView: (listener) => void listeners.push(listener),
  };
};

const withoutValue = ({ outer, inner }: Placing<Item>): Placing<Item> => ({ outer, inner, value: undefined });

/** Of what is told more than once in one change, what is true. */
const newestOf = (news: readonly Known[]): ReadonlyMap<string, Known> => {
  const newest = new Map<string, Known>();
  for (const known of news) {
    const before = newest.get(known.key);
    if (before === undefined || known.generation >= before.generation) newest.set(known.key, known);
  }
  return newest;
};
