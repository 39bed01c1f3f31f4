import { until } from '@portolan/testing';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { changesInMemory } from '../testing/changes-in-memory.ts';
import { createPoller } from './poller.ts';
import { formatToken, parseToken } from './resume-token.ts';
import { type WatchEvent, type WatchSettings, watch } from './watch.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const start = (settings: Partial<WatchSettings> & { readonly pollMs?: number } = {}) => {
  const changes = changesInMemory();
  const failures: unknown[] = [];
  const { pollMs = 1, ...more } = settings;
  const poller = createPoller({ changes, pollMs, pageSize: 3, onFailure: (error) => failures.push(error) });
  endings.push(poller.close);
  const all: WatchSettings = { changes, poller, heartbeatMs: 5, bufferMax: 100, pageSize: 3, ...more };
  /** A watcher that reads on by itself. */
  const follow = (token = '') => {
    const leaving = new AbortController();
    endings.push(() => leaving.abort());
    const events: WatchEvent[] = [];
    const over = (async () => {
      for await (const event of watch(all, token, leaving.signal)) events.push(event);
    })();
    over.catch(() => undefined);
    const told = () => events.flatMap((event) => (event.kind === 'change' ? [event.change.revision] : []));
    return { events, told, over, leave: () => leaving.abort(), lastToken: () => events.at(-1)?.token ?? '' };
  };
  return { changes, poller, failures, follow };
};

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const kinds = (events: readonly WatchEvent[]): readonly string[] => events.map(({ kind }) => kind);

test('a watcher without a token begins with now, and hears where that is', async () => {
  const { changes, follow } = start();
  changes.make(5);
  const { events, told, lastToken } = follow();
  await until(() => events.length > 0);
  expect(kinds(events.slice(0, 1))).toEqual(['heartbeat']);
  expect(parseToken(lastToken())?.revision).toBe(5);
  changes.make(7);
  await until(() => told().length === 7);
  expect(told()).toEqual(upTo(12, 6));
});

test('a watcher that comes back hears everything it missed, once and in order, while more is happening', async () => {
  const { changes, follow } = start();
  const first = follow();
  await until(() => first.events.length > 0);
  changes.make(2);
  await until(() => first.told().length === 2);
  const token = first.lastToken();
  first.leave();
  await first.over;
  changes.make(20);
  const second = follow(token);
  await until(() => second.told().length > 0);
  changes.make(10);
  await until(() => second.told().length === 30);
  expect(second.told()).toEqual(upTo(32, 3));
  expect(kinds(second.events)).not.toContain('reset');
});

test('every event can be continued after', async () => {
  const { changes, follow } = start();
  const { events } = follow();
  await until(() => events.length > 0);
  changes.make(6);
  await until(() => events.filter(({ kind }) => kind === 'change').length === 6);
  for (const { token } of events) {
    const again = follow(token);
    const from = parseToken(token)?.revision ?? -1;
    await until(() => kinds(again.events).includes('heartbeat'));
    expect(again.told()).toEqual(upTo(6, from + 1));
  }
});

test.each([
  ['is no token', () => 'nonsense'],
  ['is of another database', () => formatToken({ epoch: '00000000-0000-4000-8000-000000000099', revision: 1 })],
  ['is of a future that never was', (epoch: string) => formatToken({ epoch, revision: 99 })],
  ['is older than what is kept', (epoch: string) => formatToken({ epoch, revision: 1 })],
])('a token that %s is answered with a reset', async (_, token) => {
  const { changes, follow } = start();
  changes.make(10);
  await changes.prune(5);
  const { events } = follow(token((await changes.after(0, 1)).head.epoch));
  await until(() => events.length >= 2);
  expect(kinds(events.slice(0, 2))).toEqual(['reset', 'heartbeat']);
  expect(parseToken(events[0]?.token ?? '')?.revision).toBe(10);
});

test('a token at the very edge of what is kept is continued', async () => {
  const { changes, follow } = start();
  changes.make(10);
  await changes.prune(5);
  const { epoch } = (await changes.after(0, 1)).head;
  const { told } = follow(formatToken({ epoch, revision: 5 }));
  await until(() => told().length === 5);
  expect(told()).toEqual(upTo(10, 6));
});

test.each(['restore', 'exchange'] as const)(
  'a database that goes back (%s) resets everybody who watches',
  async (way) => {
    const { changes, follow } = start();
    changes.make(9);
    const watchers = [follow(), follow()];
    for (const { events } of watchers) await until(() => events.length > 0);
    if (way === 'restore') changes.restore(4);
    else changes.exchange();
    for (const { events } of watchers) await until(() => kinds(events).includes('reset'));
    changes.make(1);
    for (const { told } of watchers) await until(() => told().length === 1);
    expect(watchers[0]?.told()).toEqual([way === 'restore' ? 5 : 1]);
  },
);

test('no heartbeat comes while the database cannot be asked, and the stream goes on when it can', async () => {
  const { changes, follow, failures } = start();
  const { events, told } = follow();
  await until(() => kinds(events).filter((kind) => kind === 'heartbeat').length > 2);
  changes.fail(true);
  await until(() => failures.length > 0);
  // One poll from before the failure may still be told of.
  await until(() => failures.length > 5);
  const before = events.length;
  await until(() => failures.length > 25);
  expect(events.length).toBeLessThanOrEqual(before + 1);
  changes.make(1);
  changes.fail(false);
  await until(() => told().length === 1);
});

test('a watcher that reads too slowly is told that it missed something, and holds no more than its buffer', async () => {
  const { changes, poller } = start();
  const settings: WatchSettings = { changes, poller, heartbeatMs: 1_000, bufferMax: 4, pageSize: 3 };
  const leaving = new AbortController();
  const events = watch(settings, '', leaving.signal);
  await events.next();
  changes.make(50);
  poller.poke();
  await until(() => poller.position().revision === 50);
  const next = await events.next();
  expect(next.value).toMatchObject({ kind: 'reset' });
  expect(parseToken(next.value?.token ?? '')?.revision).toBe(50);
  leaving.abort();
  await events.return(undefined);
});

test('nobody is asked when nobody watches', async () => {
  const { changes, poller, follow } = start();
  const { events, leave, over } = follow();
  await until(() => events.length > 0);
  leave();
  await over;
  const before = changes.asked();
  poller.poke();
  await new Promise((resolve) => setImmediate(resolve));
  expect(changes.asked()).toBeLessThanOrEqual(before + 1);
});

test('what a process changed itself is told without waiting for the next look', async () => {
  const { changes, poller, follow } = start({ pollMs: 3_600_000 });
  const { events, told } = follow();
  await until(() => events.length > 0);
  changes.make(1);
  poller.poke();
  await until(() => told().length === 1);
});

test('tokens survive the way there and back, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(), (epoch, revision) => {
      expect(parseToken(formatToken({ epoch, revision }))).toEqual({ epoch, revision });
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseToken(text) === undefined));
});
