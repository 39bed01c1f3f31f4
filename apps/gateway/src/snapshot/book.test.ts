import { ApiKey, ApiKeyStatus, ConfigStatus, Entity, WatchSnapshotResponse } from '@portolan/proto';
import { createLogger } from '@portolan/service-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { config, organization } from '../testing/platform-entities.ts';
import { createSnapshotBook } from './book.ts';
import type { SnapshotView } from './view.ts';

const log = createLogger('test', 'silent');

const part = (
  revision: number,
  kinds: readonly NonNullable<Entity['kind']>[],
  rest: Partial<WatchSnapshotResponse> = {},
): WatchSnapshotResponse =>
  WatchSnapshotResponse.create({
    revision,
    isLastPart: true,
    resumeToken: `r${revision}`,
    entities: kinds.map((kind) => Entity.create({ kind })),
    ...rest,
  });

const versionOf = (view: SnapshotView, slug: string) => view.config('org-1', 'ws-1', slug)?.config.version;

describe('a revision', () => {
  it('shows itself with its last part, all at once', () => {
    const book = createSnapshotBook(log);
    book.receive(part(1, [config('pc-a', 1, {})], { isFull: true, isLastPart: false }));
    expect(versionOf(book.view(), 'pc-a')).toBeUndefined();
    expect(book.resumeToken()).toBe('');
    book.receive(part(1, [config('pc-b', 1, {})], { isFull: true }));
    expect([versionOf(book.view(), 'pc-a'), versionOf(book.view(), 'pc-b')]).toEqual([1, 1]);
    expect(book.resumeToken()).toBe('r1');
  });

  it('whose last part never came is forgotten when a new stream begins', () => {
    const book = createSnapshotBook(log);
    book.receive(part(1, [config('pc-a', 1, {})], { isFull: true }));
    book.receive(part(2, [config('pc-a', 2, {})], { isLastPart: false }));
    book.begin();
    book.receive(part(2, [config('pc-b', 1, {})]));
    expect([versionOf(book.view(), 'pc-a'), versionOf(book.view(), 'pc-b')]).toEqual([1, 1]);
  });

  it('leaves the view before it as it was', () => {
    const book = createSnapshotBook(log);
    book.receive(part(1, [config('pc-a', 1, {})], { isFull: true }));
    const before = book.view();
    book.receive(part(2, [config('pc-a', 2, {}), config('pc-b', 1, {})]));
    expect([versionOf(before, 'pc-a'), versionOf(before, 'pc-b'), before.revision]).toEqual([1, undefined, 1]);
    expect(versionOf(book.view(), 'pc-a')).toBe(2);
  });

  it('that is known already says that the stream is alive, and changes nothing', () => {
    const book = createSnapshotBook(log);
    book.receive(part(3, [config('pc-a', 1, {})], { isFull: true }));
    const before = book.view();
    book.receive(part(3, [], { resumeToken: 'r3' }));
    expect(book.view()).toBe(before);
  });

  it('that is full replaces everything', () => {
    const book = createSnapshotBook(log);
    book.receive(part(5, [config('pc-a', 1, {}), config('pc-b', 1, {})], { isFull: true }));
    book.receive(part(6, [config('pc-b', 1, {})], { isFull: true }));
    expect([versionOf(book.view(), 'pc-a'), versionOf(book.view(), 'pc-b')]).toEqual([undefined, 1]);
  });

  it('that tells an earlier state is followed, but not in what was changed or ended since', () => {
    const book = createSnapshotBook(log);
    const ended = config('pc-ended', 2, {}, { status: ConfigStatus.CONFIG_STATUS_ARCHIVED });
    book.receive(part(5, [config('pc-a', 3, {}), config('pc-b', 1, {}), config('pc-ended', 1, {})], { isFull: true }));
    book.receive(part(6, [ended]));
    const restored = [config('pc-a', 2, {}), config('pc-c', 1, {}), config('pc-ended', 1, {})];
    book.receive(part(4, restored, { isFull: true }));
    expect(['pc-a', 'pc-b', 'pc-c', 'pc-ended'].map((slug) => versionOf(book.view(), slug))).toEqual([
      3,
      undefined,
      1,
      undefined,
    ]);
    expect([book.view().revision, book.resumeToken()]).toEqual([4, 'r4']);
    book.receive(part(5, [config('pc-a', 4, {})]));
    expect(versionOf(book.view(), 'pc-a')).toBe(4);
  });

  it('may give the name of one thing to another, in whatever order it tells of them', () => {
    for (const isGivenFirst of [true, false]) {
      const book = createSnapshotBook(log);
      book.receive(part(1, [config('pc-a', 1, {})], { isFull: true }));
      const ended = config('pc-a', 2, {}, { status: ConfigStatus.CONFIG_STATUS_ARCHIVED });
      const heir = config('pc-a', 7, {}, { id: 'heir' });
      book.receive(part(2, isGivenFirst ? [heir, ended] : [ended, heir]));
      expect(versionOf(book.view(), 'pc-a')).toBe(7);
    }
  });

  it('of a kind that only newer gateways know is taken without it', () => {
    const book = createSnapshotBook(log);
    const unknown = Entity.create({});
    book.receive({ ...part(1, [organization()], { isFull: true }), entities: [unknown] });
    expect(book.view().revision).toBe(1);
  });
});

it("a workspace's own config comes before the organization's of the same name", () => {
  const book = createSnapshotBook(log);
  const shared = config('pc-a', 7, {}, { id: 'shared', workspaceId: '' });
  book.receive(part(1, [shared, config('pc-a', 1, {})], { isFull: true }));
  expect(versionOf(book.view(), 'pc-a')).toBe(1);
  expect(book.view().config('org-1', 'ws-2', 'pc-a')?.config.version).toBe(7);
  expect(book.view().config('org-2', 'ws-3', 'pc-a')).toBeUndefined();
});

/** One statement about one of a few keys. */
interface Said {
  readonly key: number;
  readonly generation: number;
  readonly isRevoked: boolean;
}

const digestOf = (key: number): Buffer => Buffer.alloc(32, key + 1);

const said = ({ key, generation, isRevoked }: Said): NonNullable<Entity['kind']> => ({
  $case: 'apiKey',
  value: ApiKey.create({
    id: `key-${key}`,
    generation,
    status: isRevoked ? ApiKeyStatus.API_KEY_STATUS_REVOKED : ApiKeyStatus.API_KEY_STATUS_ACTIVE,
    secrets: [{ publicPart: '', pepperId: 'p', digest: digestOf(key), expireTime: undefined }],
  }),
});

it('of all that is said of a key the highest generation counts, in whatever order and in however many revisions it comes', () => {
  const statement = fc.record({
    key: fc.nat(3),
    generation: fc.nat(6),
  });
  const revisions = fc.array(fc.array(statement, { maxLength: 5 }), { maxLength: 12 });
  fc.assert(
    fc.property(revisions, (batches) => {
      const book = createSnapshotBook(log);
      book.receive(part(1, [], { isFull: true }));
      // Whether a key was revoked by a change is a matter of the change, not of when it is heard.
      const revokes = ({ key, generation }: { key: number; generation: number }) => (key + generation) % 3 === 0;
      const highest = new Map<number, number>();
      for (const [at, batch] of batches.entries()) {
        book.receive(
          part(
            at + 2,
            batch.map((each) => said({ ...each, isRevoked: revokes(each) })),
          ),
        );
        for (const { key, generation } of batch) highest.set(key, Math.max(generation, highest.get(key) ?? 0));
        for (const [key, generation] of highest) {
          const found = book.view().apiKey(digestOf(key).toString('hex'));
          expect(found?.apiKey.generation).toBe(revokes({ key, generation }) ? undefined : generation);
        }
      }
    }),
  );
});
