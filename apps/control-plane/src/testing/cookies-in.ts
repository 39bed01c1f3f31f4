/** The values of the cookies that an answer sets. */
export const cookiesIn = (header: unknown): readonly string[] =>
  [header].flat().flatMap((line) => /^[^=]+=([^;]+)/.exec(String(line))?.[1] ?? []);
