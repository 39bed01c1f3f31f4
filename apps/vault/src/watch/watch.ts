import type { Changes, ChangesHead, NumberedChange } from '../ports/changes.ts';
import type { Poller } from './poller.ts';
import { formatToken, parseToken } from './resume-token.ts';
import { createSubscriber } from './subscriber.ts';

/** What a watcher hears. `token` continues after it. */
export type WatchEvent =
  | { readonly kind: 'change'; readonly change: NumberedChange; readonly token: string }
  | { readonly kind: 'reset'; readonly token: string }
  | { readonly kind: 'heartbeat'; readonly token: string };

export interface WatchSettings {
  readonly changes: Changes;
  readonly poller: Poller;
  /** How often a watcher hears that all is well. */
  readonly heartbeatMs: number;
  /** Changes that wait for one watcher before it is told to ask everything again. */
  readonly bufferMax: number;
  /** Changes that are read at once while a watcher catches up. */
  readonly pageSize: number;
}

/** What a watcher missed since its token, up to a head; `undefined` in place of changes that are not known any more. */
async function* missedSince(
  { changes, pageSize }: WatchSettings,
  from: ChangesHead,
  head: ChangesHead,
): AsyncGenerator<NumberedChange | undefined> {
  if (from.epoch !== head.epoch || from.revision > head.revision) return yield undefined;
  let { revision } = from;
  while (revision < head.revision) {
    const page = await changes.after(revision, pageSize);
    // Asked after the page was read, so that nothing can have been pruned before it.
    if ((await changes.completeAfter()) > revision) return yield undefined;
    const due = page.changes.filter((change) => change.revision <= head.revision);
    yield* due;
    const last = due.at(-1);
    if (last === undefined) return;
    revision = last.revision;
  }
}

/**
 * Every change after a token, in the order in which they were committed, for as long as somebody listens. A heartbeat says that
 * everything up to its token has been told; none comes while the database cannot be asked.
 * @param token empty begins with now
 */
export async function* watch(settings: WatchSettings, token: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const { poller, heartbeatMs, bufferMax } = settings;
  const subscriber = createSubscriber(bufferMax);
  const head = await poller.join(subscriber);
  try {
    const from = token === '' ? head : parseToken(token);
    if (from === undefined) yield { kind: 'reset', token: formatToken(head) };
    else {
      for await (const change of missedSince(settings, from, head)) {
        if (change === undefined) yield { kind: 'reset', token: formatToken(head) };
        else yield { kind: 'change', change, token: formatToken({ ...head, revision: change.revision }) };
      }
    }
    yield { kind: 'heartbeat', token: formatToken(head) };
    let polls = poller.polls();
    while (!signal.aborted) {
      await subscriber.wait(heartbeatMs, signal);
      const { missed, changes } = subscriber.take();
      const position = poller.position();
      if (missed) yield { kind: 'reset', token: formatToken(position) };
      for (const change of changes) {
        yield { kind: 'change', change, token: formatToken({ ...position, revision: change.revision }) };
      }
      const isSilent = !missed && changes.length === 0;
      if (isSilent && poller.polls() > polls && !signal.aborted) {
        yield { kind: 'heartbeat', token: formatToken(position) };
      }
      if (isSilent) polls = poller.polls();
    }
  } finally {
    poller.leave(subscriber);
  }
}
