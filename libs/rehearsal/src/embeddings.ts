import { isArray, type Json, type JsonObject, numberAt } from './json.ts';
import { countTokens } from './words.ts';

export const DEFAULT_DIMENSIONS = 256;
const MAX_DIMENSIONS = 8192;

/**
 * A unit vector made from the words and letter triples of a text: equal texts are equal, texts that share words
 * lie close together, and no model is needed.
 */
export const unitVector = (text: string, dimensions: number): readonly number[] => {
  const sums = new Float64Array(dimensions);
  for (const feature of featuresOf(text)) {
    const hash = fnv1a(feature);
    const at = hash % dimensions;
    sums[at] = (sums[at] ?? 0) + (hash >>> 31 === 0 ? 1 : -1);
  }
  const length = Math.hypot(...sums);
  // Nothing said, or everything cancelled out: any fixed direction will do.
  if (length === 0) return Array.from(sums, (_, at) => (at === 0 ? 1 : 0));
  return Array.from(sums, (sum) => Math.fround(sum / length));
};

const featuresOf = (text: string): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => {
    const padded = `^${word}$`;
    const triples = Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
    return [word, word, ...triples];
  });
};

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** The floats of a vector as little-endian 32 bit numbers in base64. */
export const base64Vector = (vector: readonly number[]): string => {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, at) => {
    bytes.setFloat32(at * 4, value, true);
  });
  return Buffer.from(bytes.buffer).toString('base64');
};

/** The inputs of an embeddings request as texts, or undefined when the shape is wrong. */
export const inputsOf = (input: Json | undefined): readonly string[] | undefined => {
  if (typeof input === 'string') return [input];
  if (!isArray(input) || input.length === 0 || input.length > 2048) return undefined;
  if (input.every((item) => typeof item === 'number')) return [input.join(' ')];
  const texts = input.flatMap((item) =>
    typeof item === 'string'
      ? [item]
      : isArray(item) && item.every((id) => typeof id === 'number')
        ? [item.join(' ')]
        : [],
  );
  return texts.length === input.length ? texts : undefined;
};

/** A list of embeddings. Undefined when `dimensions` is out of range. */
export const embeddingList = (request: JsonObject, model: string, inputs: readonly string[]): object | undefined => {
  const dimensions = numberAt(request, 'dimensions') ?? DEFAULT_DIMENSIONS;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS) return undefined;
  const encode = request.encoding_format === 'base64' ? base64Vector : (vector: readonly number[]) => vector;
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    object: 'list',
    data: inputs.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: encode(unitVector(text, dimensions)),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
};
