import {
  base64Vector,
  countTokens,
  isArray,
  type JsonObject,
  numberAt,
  stringAt,
  unitVector,
} from '@portolan/rehearsal';
import type { Sent } from '../dialect.ts';

/** The inputs as texts; token lists are spelled out. */
export const inputsOf = (body: JsonObject): readonly string[] => {
  const { input } = body;
  if (!isArray(input)) return [String(input)];
  if (input.every((item) => typeof item === 'number')) return [input.join(' ')];
  return input.map((item) => (isArray(item) ? item.join(' ') : String(item)));
};

export const replyEmbeddings = (body: JsonObject): Sent => {
  const inputs = inputsOf(body);
  const dimensions = numberAt(body, 'dimensions') ?? 1536;
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    body: {
      object: 'list',
      data: inputs.map((text, index) => {
        const vector = unitVector(text, dimensions);
        return {
          object: 'embedding',
          index,
          embedding: body.encoding_format === 'base64' ? base64Vector(vector) : vector,
        };
      }),
      model: stringAt(body, 'model'),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  };
};
