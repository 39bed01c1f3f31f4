/** Words of a text with the space that follows them; joined they are the text again. Our unit of a token. */
export const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);

export const countTokens = (text: string): number => wordsOf(text).length;

/** Exactly `count` pieces that together repeat a text for as long as needed. */
export const repeatedTo = (count: number, text: string): string => {
  const words = text.trim().split(/\s+/);
  return Array.from({ length: count }, (_, at) => words[at % words.length] ?? '').join(' ');
};
