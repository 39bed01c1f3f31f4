/** How many single-character changes lead from one text to the other (Levenshtein). */
export const editDistance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
};

/** Spellings that differ in case and separators only are the same. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The known name that somebody who wrote this probably meant, or undefined when none is near. */
export const nearestName = (written: string, known: readonly string[]): string | undefined => {
  const asked = plain(written);
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(asked, plain(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 4)) && distance < asked.length)
    .toSorted((a, b) => a.distance - b.distance);
  if (nearest !== undefined) return nearest.name;
  // "api_key" is far from "key" by letters and close by meaning.
  const inside = known.filter((name) => asked.endsWith(plain(name)) || plain(name).endsWith(asked));
  return inside.toSorted((a, b) => b.length - a.length)[0];
};
