import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TwoLevelMap } from './two-level.ts';

it('holds what a plain map would hold, and every earlier one stays as it was', () => {
  const placing = fc.record({
    outer: fc.constantFrom('a', 'b', 'c'),
    inner: fc.constantFrom('x', 'y', 'z'),
    value: fc.option(fc.nat(), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(fc.array(placing, { maxLength: 6 }), { maxLength: 8 }), (changes) => {
      const plain = new Map<string, number>();
      const states: { readonly map: TwoLevelMap<number>; readonly expected: ReadonlyMap<string, number> }[] = [];
      let map = new TwoLevelMap<number>();
      for (const change of changes) {
        map = map.with(change);
        for (const { outer, inner, value } of change) {
          if (value === undefined) plain.delete(outer + inner);
          else plain.set(outer + inner, value);
        }
        states.push({ map, expected: new Map(plain) });
      }
      for (const { map: state, expected } of states) {
        for (const outer of ['a', 'b', 'c']) {
          for (const inner of ['x', 'y', 'z']) expect(state.get(outer, inner)).toBe(expected.get(outer + inner));
          const values = [...expected].filter(([key]) => key.startsWith(outer)).map(([, value]) => value);
          expect([...state.in(outer)].sort()).toEqual(values.sort());
        }
      }
    }),
  );
});
