import { UnsupportedValue } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject, stringAt } from '../spec/json.ts';
import { cacheMark } from './cache-marks.ts';
import { type Findings, noteDropped } from './findings.ts';
import { fileBlock, imageBlock } from './media.ts';

type PartMapping = (part: JsonObject, param: string, findings: Findings) => readonly JsonObject[];

const text: PartMapping = (part) => textBlock(stringAt(part, 'text') ?? '', part);

/** Content parts by their type. A type that is not here is the provider's own and goes as it is. */
const PARTS: Readonly<Record<string, PartMapping>> = {
  text,
  refusal: (part) => textBlock(stringAt(part, 'refusal') ?? '', part),
  image_url: (part, param) => [imageBlock(part, param)],
  file: (part, param, findings) => [fileBlock(part, param, findings)],
  input_audio: (_part, param) => {
    throw new UnsupportedValue('audio input is not supported by this provider', param);
  },
  thinking(part, param, findings) {
    const { thinking, signature } = part;
    if (typeof signature === 'string' && signature !== '') return [{ type: 'thinking', thinking, signature }];
    noteDropped(findings, param, 'thinking without its signature cannot be sent back');
    return [];
  },
  redacted_thinking: (part) => [{ type: 'redacted_thinking', data: part.data }],
};

/** A text with the cache marker of the part or message it comes from; empty text makes no block. */
export const textBlock = (value: string, from: JsonObject): readonly JsonObject[] =>
  value === '' ? [] : [{ type: 'text', text: value, ...cacheMark(from) }];

/**
 * A message's content, string or parts, as blocks.
 * @param param  path of the content, for notices
 * @throws UnsupportedValue for a part that the provider has no way to take
 */
export const contentBlocks = (content: Json | undefined, param: string, findings: Findings): readonly JsonObject[] => {
  if (typeof content === 'string') return textBlock(content, {});
  if (!isArray(content)) return [];
  return content.flatMap((part, index): readonly JsonObject[] => {
    if (typeof part === 'string') return textBlock(part, {});
    if (!isObject(part)) return [];
    const type = stringAt(part, 'type') ?? '';
    const mapping = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
    return mapping === undefined ? [part] : mapping(part, `${param}[${index}]`, findings);
  });
};
