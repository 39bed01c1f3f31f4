import { parseDataUri } from '../chat/data-uri.ts';
import { mediaTypeOf } from '../chat/media-type.ts';
import { mapShared } from '../openai/body-edit.ts';
import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import { sameOr } from './same.ts';

type Note = (notice: Notice) => void;

/** A message's content in Mistral's chunks; a string stays one. */
export const mistralContent = (content: Json | undefined, path: string, note: Note): Json | undefined => {
  if (!isArray(content)) return content;
  const chunks = mapShared(content, (part, at) => chunkOf(part) ?? dropped(part, `${path}.content[${at}]`, note));
  return chunks.includes(null) ? chunks.filter((chunk) => chunk !== null) : chunks;
};

const dropped = (part: Json, param: string, note: Note): null => {
  const type = isObject(part) ? stringAt(part, 'type') : typeof part;
  note({ kind: 'dropped', param, reason: `no place for a part of type ${type}` });
  return null;
};

/** Chunk types that callers may write in Mistral's own form. */
const NATIVE: ReadonlySet<Json | undefined> = new Set(['document_url', 'reference']);

const chunkOf = (part: Json): JsonObject | undefined => {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isObject(part)) return undefined;
  if (NATIVE.has(part.type)) return part;
  const mapped = CHUNKS[stringAt(part, 'type') ?? '']?.(part);
  return mapped === undefined ? undefined : sameOr(part, mapped);
};

const textChunk = (text: string | undefined): JsonObject | undefined =>
  text === undefined ? undefined : { type: 'text', text };

const imageChunk = (part: JsonObject): JsonObject | undefined => {
  const url = stringAt(part, 'image_url') ?? stringAt(objectAt(part, 'image_url'), 'url');
  return url === undefined ? undefined : { type: 'image_url', image_url: url };
};

const audioChunk = (part: JsonObject): JsonObject | undefined => {
  const data = stringAt(part, 'input_audio') ?? stringAt(objectAt(part, 'input_audio'), 'data');
  return data === undefined ? undefined : { type: 'input_audio', input_audio: data };
};

const fileChunk = (part: JsonObject): JsonObject | undefined => {
  const file = objectAt(part, 'file') ?? part;
  const name = stringAt(file, 'filename') ?? stringAt(file, 'file_name');
  const data = stringAt(file, 'file_data');
  const url = data === undefined ? stringAt(file, 'file_url') : addressOf(data, stringAt(file, 'mime_type'), name);
  if (url !== undefined) {
    return { type: 'document_url', document_url: url, ...(name === undefined ? {} : { document_name: name }) };
  }
  const id = stringAt(file, 'file_id');
  return id === undefined ? undefined : { type: 'file', file_id: id };
};

/** Bare base64 becomes a data URI. */
const addressOf = (data: string, named: string | undefined, name: string | undefined): string =>
  parseDataUri(data) !== undefined || /^https?:\/\//i.test(data)
    ? data
    : `data:${mediaTypeOf({ named, name, base64: data })};base64,${data}`;

const CHUNKS: Readonly<Record<string, (part: JsonObject) => JsonObject | undefined>> = {
  text: (part) => textChunk(stringAt(part, 'text')),
  refusal: (part) => textChunk(stringAt(part, 'refusal')),
  image_url: imageChunk,
  input_audio: audioChunk,
  file: fileChunk,
};
