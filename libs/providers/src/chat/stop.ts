import type { ParamRule } from '../params.ts';
import { isArray } from '../spec/json.ts';

/** Stop words as a list at `path`: one word becomes a list, empty ones go, and no more than the provider takes. */
export const stopList = (path: string, max: number) => (): ParamRule => ({
  apply(value, out, note) {
    const words = (isArray(value) ? value : [value]).filter((word) => word !== '');
    if (words.length > max) note('clamped', `at most ${max} stop sequences are sent`);
    if (words.length > 0) out.set(path, words.slice(0, max));
  },
});
