import { expect, test } from 'vitest';
import type { TenantKeys } from './tenant-keys.ts';

/** What every store of tenant keys promises. @param make a store with nothing in it */
export const tenantKeysConformance = (make: () => TenantKeys): void => {
  const sample = { organizationId: 'org-1', id: 't1', wrapped: 'w1.root.AAAA' };

  test('an organisation without a key has none to take', async () => {
    expect(await make().take('org-1', 1)).toBeUndefined();
    expect(await make().find('t1', 1)).toBeUndefined();
  });

  test('a new key is version 1 and current, and counts its uses before they happen', async () => {
    const keys = make();
    await keys.create(sample);
    expect(await keys.take('org-1', 3)).toEqual({ ...sample, version: 1, uses: 3, currentVersion: 1, minVersion: 1 });
    expect(await keys.take('org-1', 2)).toMatchObject({ uses: 5 });
    expect(await keys.take('org-2', 1)).toBeUndefined();
  });

  test('uses are counted beyond 32 bits', async () => {
    const keys = make();
    await keys.create(sample);
    await keys.take('org-1', 2 ** 31);
    expect(await keys.take('org-1', 2 ** 31)).toMatchObject({ uses: 2 ** 32 });
  });

  test('of two keys made at once for one organisation the first stays', async () => {
    const keys = make();
    await Promise.all([keys.create(sample), keys.create({ ...sample, id: 't2', wrapped: 'w1.root.BBBB' })]);
    const first = await keys.take('org-1', 0);
    const other = first?.id === 't1' ? 't2' : 't1';
    expect(await keys.find(other, 1)).toBeUndefined();
  });

  test('a next version becomes current with a counter of its own; the one before stays', async () => {
    const keys = make();
    await keys.create(sample);
    await keys.take('org-1', 9);
    expect(await keys.add({ id: 't1', version: 2, wrapped: 'w1.root.CCCC' })).toBe(true);
    expect(await keys.take('org-1', 1)).toMatchObject({
      version: 2,
      uses: 1,
      currentVersion: 2,
      wrapped: 'w1.root.CCCC',
    });
    expect(await keys.find('t1', 1)).toMatchObject({ version: 1, uses: 9, currentVersion: 2 });
  });

  test('a version that does not follow the current one is not added', async () => {
    const keys = make();
    await keys.create(sample);
    for (const version of [1, 3]) expect(await keys.add({ id: 't1', version, wrapped: 'w1.root.C' })).toBe(false);
    expect(await keys.add({ id: 'unknown', version: 2, wrapped: 'w1.root.C' })).toBe(false);
    const both = await Promise.all([2, 2].map((version) => keys.add({ id: 't1', version, wrapped: 'w1.root.C' })));
    expect(both.toSorted()).toEqual([false, true]);
  });

  test('lists what other root keys wrap, in order and in parts', async () => {
    const keys = make();
    await keys.create(sample);
    await keys.add({ id: 't1', version: 2, wrapped: 'w1.next.AAAA' });
    await keys.create({ organizationId: 'org-2', id: 't2', wrapped: 'w1.root.BBBB' });
    await keys.create({ organizationId: 'org-3', id: 't3', wrapped: 'w1.root.CCCC' });
    const names = async (...args: Parameters<TenantKeys['wrappedByOthers']>) =>
      (await keys.wrappedByOthers(...args)).map(({ id, version }) => `${id}.${version}`);
    expect(await names('next', undefined, 2)).toEqual(['t1.1', 't2.1']);
    expect(await names('next', { id: 't2', version: 1 }, 2)).toEqual(['t3.1']);
    expect(await names('root', undefined, 9)).toEqual(['t1.2']);
    expect((await keys.oneOfEachRoot()).map(({ wrapped }) => wrapped.split('.')[1]).toSorted()).toEqual([
      'next',
      'root',
    ]);
  });

  test('a wrapping is exchanged only while it is the expected one', async () => {
    const keys = make();
    await keys.create(sample);
    const change = { id: 't1', version: 1, from: sample.wrapped, to: 'w1.next.AAAA' };
    expect(await keys.rewrap(change)).toBe(true);
    expect(await keys.rewrap({ ...change, to: 'w1.third.AAAA' })).toBe(false);
    expect(await keys.find('t1', 1)).toMatchObject({ wrapped: 'w1.next.AAAA' });
  });
};
