import { parseDataUri } from '../chat/data-uri.ts';
import { isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';

/** Parts that code execution adds; they come back in the very form they went out. */
const VERBATIM = ['executableCode', 'codeExecutionResult'] as const;

/**
 * The content blocks of an earlier answer as the parts they were made of, so that thoughts keep their signatures.
 * `hasText`: the blocks hold the message's text as well, which must not be sent twice.
 */
export const replayedParts = (blocks: readonly Json[]): { parts: readonly JsonObject[]; hasText: boolean } => {
  const known = blocks.filter(isObject);
  return {
    parts: known.flatMap(partOf),
    hasText: known.some((block) => block.type === 'text' && typeof block.text === 'string' && block.text !== ''),
  };
};

const partOf = (block: JsonObject): readonly JsonObject[] => {
  const signature = stringAt(block, 'thought_signature');
  const signed = signature === undefined ? {} : { thoughtSignature: signature };
  const thinking = stringAt(block, 'thinking');
  if (thinking !== undefined) return thinking === '' ? [] : [{ text: thinking, thought: true, ...signed }];
  const text = stringAt(block, 'text');
  if (text !== undefined) return text === '' && signature === undefined ? [] : [{ text, ...signed }];
  const data = parseDataUri(stringAt(objectAt(block, 'image_url'), 'url') ?? '');
  if (data !== undefined) {
    return [{ inlineData: { mimeType: data.mimeType ?? 'image/png', data: data.base64 }, ...signed }];
  }
  return VERBATIM.flatMap((key) => (isObject(block[key]) ? [{ [key]: block[key], ...signed }] : []));
};
