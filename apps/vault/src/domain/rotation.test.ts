import { expect, test } from 'vitest';
import type { StoredCredential } from '../ports/credentials.ts';
import { credentialRow, manualClock } from '../testing/samples.ts';
import { nextVersion, OVERLAP_MS, revoke, rotate, usableVersions } from './rotation.ts';

const secretsOf = (name: string) => [{ field: 'key', sealed: `sealed ${name}`, masked: '********' }];
const created = (): StoredCredential =>
  credentialRow('c', { versions: [{ version: 1, validUntilMs: null, secrets: secretsOf('one') }] });

const usable = (credential: StoredCredential, nowMs: number): readonly number[] =>
  usableVersions(credential, nowMs).map(({ version }) => version);

test('V12: after a rotation old and new both work for 30 minutes, then only the new', () => {
  const clock = manualClock();
  const rotated = rotate(created(), secretsOf('two'), { nowMs: clock.wallMs() });
  expect(OVERLAP_MS).toBe(1_800_000);
  expect(usable(rotated, clock.wallMs())).toEqual([1, 2]);
  clock.advance(OVERLAP_MS - 1);
  expect(usable(rotated, clock.wallMs())).toEqual([1, 2]);
  clock.advance(1);
  expect(usable(rotated, clock.wallMs())).toEqual([2]);
  clock.advance(10 * 365 * 86_400_000);
  expect(usable(rotated, clock.wallMs())).toEqual([2]);
});

test('V12: the overlap is as long as it was set, and 0 ends the old secrets at once', () => {
  const clock = manualClock();
  const rotated = rotate(created(), secretsOf('two'), { nowMs: clock.wallMs(), overlapMs: 60_000 });
  clock.advance(59_999);
  expect(usable(rotated, clock.wallMs())).toEqual([1, 2]);
  clock.advance(1);
  expect(usable(rotated, clock.wallMs())).toEqual([2]);
  expect(rotate(created(), secretsOf('two'), { nowMs: 0, overlapMs: 0 }).versions.map((v) => v.version)).toEqual([2]);
});

test('a second rotation within the overlap never makes the first version live longer', () => {
  const clock = manualClock();
  const once = rotate(created(), secretsOf('two'), { nowMs: clock.wallMs(), overlapMs: 1000 });
  clock.advance(900);
  const twice = rotate(once, secretsOf('three'), { nowMs: clock.wallMs(), overlapMs: 1000 });
  expect(usable(twice, clock.wallMs())).toEqual([1, 2, 3]);
  clock.advance(100);
  expect(usable(twice, clock.wallMs())).toEqual([2, 3]);
  clock.advance(900);
  expect(usable(twice, clock.wallMs())).toEqual([3]);
});

test('a later rotation may shorten the life of a version that was leaving, as for a leaked key', () => {
  const once = rotate(created(), secretsOf('two'), { nowMs: 0, overlapMs: 60_000 });
  expect(usable(rotate(once, secretsOf('three'), { nowMs: 1000, overlapMs: 0 }), 1000)).toEqual([3]);
});

test('versions whose time is over go with the next rotation, and their numbers are not used again', () => {
  const clock = manualClock();
  let credential = created();
  for (let turn = 2; turn < 20; turn++) {
    expect(nextVersion(credential)).toBe(turn);
    credential = rotate(credential, secretsOf(`${turn}`), { nowMs: clock.wallMs(), overlapMs: 1000 });
    clock.advance(1000);
    expect(credential.versions.length).toBe(2);
  }
});

test('every change raises the generation by one', () => {
  const rotated = rotate(created(), secretsOf('two'), { nowMs: 0 });
  expect([created(), rotated, revoke(rotated)].map(({ generation }) => generation)).toEqual([1, 2, 3]);
});

test('a revoked credential has no usable version, not even one in its overlap', () => {
  const rotated = rotate(created(), secretsOf('two'), { nowMs: 0 });
  expect(usable(revoke(rotated), 0)).toEqual([]);
  expect(usable({ ...rotated, status: 'revoked' }, 0)).toEqual([]);
});
