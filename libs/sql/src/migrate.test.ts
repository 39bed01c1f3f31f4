import { expect, test } from 'vitest';
import { checksumOf, type Migration, pendingOf, SchemaRefused } from './migrate.ts';

const step = (id: string): Migration => ({ id, sql: `select '${id}'` });
const applied = (id: string) => ({ id, checksum: checksumOf(step(id).sql) });
const LIST = ['0001_init', '0002_more', '0005_most'].map(step);

test.each([
  ['a new database', [], ['0001_init', '0002_more', '0005_most']],
  ['an older schema', ['0001_init'], ['0002_more', '0005_most']],
  ['the schema of this version', ['0001_init', '0002_more', '0005_most'], []],
])('%s gets what it lacks, in order', (_, done, pending) => {
  expect(pendingOf('shop', LIST, done.map(applied)).map(({ id }) => id)).toEqual(pending);
});

test('a newer schema is refused in one sentence that says what to do', () => {
  const newer = ['0001_init', '0002_more', '0005_most', '0006_future', '0007_later'].map(applied);
  expect(() => pendingOf('shop', LIST, newer)).toThrow(SchemaRefused);
  expect(() => pendingOf('shop', LIST, newer)).toThrow(
    'The database schema of shop is at 0007_later, but this version of the program knows no 0006_future (its last is 0005_most): start the version that made it, or a newer one.',
  );
});

test('a changed migration is refused, a change of line ends is none', () => {
  const changed = { id: '0001_init', checksum: checksumOf('select 2') };
  expect(() => pendingOf('shop', LIST, [changed])).toThrow('Migration 0001_init of shop was changed');
  expect(checksumOf('a\r\nb')).toBe(checksumOf('a\nb'));
});

test('a migration that was put before an applied one is refused', () => {
  const done = ['0001_init', '0005_most'].map(applied);
  expect(() => pendingOf('shop', LIST, done)).toThrow('0002_more of shop comes before 0005_most');
});

test.each([
  [['0002_b', '0001_a']],
  [['0001_a', '0001_b']],
  [['0001_a', '0001_a']],
  [['1_a']],
  [['0001-a']],
  [['0001_A']],
])('the list %j is out of order or form', (ids) => {
  expect(() => pendingOf('shop', ids.map(step), [])).toThrow(RangeError);
});
