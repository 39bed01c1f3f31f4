import type { JsonObject } from '../spec/json.ts';

/** The original when the mapped object says just the same, so that what needs no change keeps its identity. */
export const sameOr = (original: JsonObject, mapped: JsonObject): JsonObject => {
  const names = Object.keys(mapped);
  const isSame =
    names.length === Object.keys(original).length && names.every((name) => original[name] === mapped[name]);
  return isSame ? original : mapped;
};
