import { Entity, GatewayServiceService, type WatchSnapshotRequest, type WatchSnapshotResponse } from '@portolan/proto';
import { type CallContext, type ServedMethod, serverStream } from '@portolan/rpc';
import type { Sql } from '@portolan/sql';
import type { Feed } from '../change/feed.ts';
import type { SnapshotReader } from '../snapshot/reader.ts';

export interface WatchDeps {
  readonly db: Sql;
  readonly feed: Feed;
  readonly readers: readonly SnapshotReader[];
  /** Whether gateways are told everything there is. While they are not, they get no place to continue after. */
  isWhole(): boolean;
  /** Silence after which a part without content says that the stream is alive, in ms. */
  readonly heartbeatMs: number;
}

const PAGE = 500;
const PART_BYTES = 512 * 1024;

/** A place in the changes, as a gateway keeps it. */
const tokenOf = (epoch: string, revision: bigint): string => `${epoch}:${revision}`;

const placeOf = (token: string): { readonly epoch: string; readonly revision: bigint } | undefined => {
  const match = /^([0-9a-f-]{36}):(\d{1,18})$/.exec(token);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { epoch: match[1], revision: BigInt(match[2]) };
};

const part = (
  revision: bigint,
  entities: readonly Entity[],
  more: Partial<WatchSnapshotResponse> = {},
): WatchSnapshotResponse => ({
  revision: Number(revision),
  isFull: false,
  isLastPart: false,
  resumeToken: '',
  ...more,
  entities: [...entities],
});

/** Entities in parts of a bounded size. An entity that is larger alone is a part alone. */
export function* inParts(entities: Iterable<Entity>): Generator<readonly Entity[]> {
  let some: Entity[] = [];
  let bytes = 0;
  for (const entity of entities) {
    const size = Entity.encode(entity).finish().byteLength;
    if (some.length > 0 && bytes + size > PART_BYTES) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(entity);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

async function* everything({ db, readers }: WatchDeps): AsyncGenerator<readonly Entity[]> {
  for (const reader of readers) {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await reader.page(db, after, PAGE);
      yield* inParts(page.entities);
      after = page.lastId;
    }
  }
}

async function* watch(
  request: WatchSnapshotRequest,
  context: CallContext,
  deps: WatchDeps,
): AsyncGenerator<WatchSnapshotResponse> {
  const { feed, heartbeatMs, isWhole } = deps;
  const leave = feed.join();
  try {
    // The counter is read first: what changes while the pages are read is sent again as a change.
    const { epoch, revision, prunedTo } = await feed.counter();
    const tokenAt = (at: bigint): string => (isWhole() ? tokenOf(epoch, at) : '');
    const place = placeOf(request.resumeToken);
    let at = revision;
    if (place?.epoch === epoch && place.revision <= revision && place.revision >= prunedTo) {
      at = place.revision;
    } else {
      for await (const entities of everything(deps)) yield part(revision, entities, { isFull: true });
      yield part(revision, [], { isFull: true, isLastPart: true, resumeToken: tokenAt(revision) });
    }
    while (!context.signal.aborted) {
      const delta = await feed.after(at);
      if (delta === undefined) {
        await feed.waitFor(at, heartbeatMs, context.signal);
        if (context.signal.aborted) return;
        const next = await feed.after(at);
        if (next === undefined) yield part(at, [], { isLastPart: true, resumeToken: tokenAt(at) });
        continue;
      }
      for (const entities of inParts(delta.entities)) yield part(delta.revision, entities);
      yield part(delta.revision, [], { isLastPart: true, resumeToken: tokenAt(delta.revision) });
      at = delta.revision;
    }
  } finally {
    leave();
  }
}

/** Everything first, or what changed since a gateway left, then every change as it happens. */
export const watchSnapshot = (deps: WatchDeps): ServedMethod =>
  serverStream(GatewayServiceService.watchSnapshot, (request, context) => watch(request, context, deps));
