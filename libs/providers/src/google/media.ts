import { parseDataUri } from '../chat/data-uri.ts';
import { knownMediaType, mediaTypeOf } from '../chat/media-type.ts';
import { arrayAt, isArray, isObject, type JsonObject, stringAt } from '../spec/json.ts';
import type { Media } from '../spec/provider.ts';
import type { GeminiDialect } from './dialect.ts';
import type { GeminiModel } from './model.ts';

/** A picture, sound or file of a message, however the caller wrote it. */
interface Source {
  /** An address, a data URI or bare base64. */
  readonly at: string;
  readonly mimeType?: string;
  readonly name?: string;
  /** Where in the part it was written. */
  readonly key: string;
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mp3' };

const sourceOf = (part: JsonObject, dialect: GeminiDialect): Source | undefined => {
  const { image_url: image, input_audio: audio, file } = part;
  if (typeof image === 'string') return { at: image, key: 'image_url' };
  if (isObject(image)) {
    const url = stringAt(image, 'url');
    return url === undefined ? undefined : { at: url, mimeType: stringAt(image, 'mime_type'), key: 'image_url.url' };
  }
  if (isObject(audio)) {
    const format = stringAt(audio, 'format') ?? 'wav';
    const data = stringAt(audio, 'data');
    const mimeType = AUDIO_TYPES[format] ?? `audio/${format}`;
    return data === undefined ? undefined : { at: data, mimeType, key: 'input_audio.data' };
  }
  return isObject(file) ? fileSource(file, dialect) : undefined;
};

const fileSource = (file: JsonObject, dialect: GeminiDialect): Source | undefined => {
  const mimeType = stringAt(file, 'mime_type');
  const name = stringAt(file, 'filename') ?? stringAt(file, 'file_name');
  const id = stringAt(file, 'file_id');
  for (const key of ['file_data', 'file_url'] as const) {
    const at = stringAt(file, key);
    if (at !== undefined) return { at, mimeType, name, key: `file.${key}` };
  }
  if (id === undefined) return undefined;
  return { at: isAddress(id) ? id : dialect.fileUri(id), mimeType, name, key: 'file.file_id' };
};

const isAddress = (text: string): boolean => /^(https?|gs):\/\//i.test(text);

/** Addresses that Google resolves within its own services. */
const isGoogleAddress = (url: string): boolean =>
  /^gs:\/\//i.test(url) ||
  /^https:\/\/generativelanguage\.googleapis\.com\/.*\bfiles\//i.test(url) ||
  /^https:\/\/((www|m)\.)?(youtube\.com|youtu\.be)\//i.test(url);

const mustDownload = (url: string, model: GeminiModel, dialect: GeminiDialect): boolean =>
  isAddress(url) && !isGoogleAddress(url) && (!/^https:/i.test(url) || !dialect.fetchesUrls(model));

/** The media that must be in our hands before the request can be written; each address once. */
export const downloadsOf = (
  body: JsonObject,
  model: GeminiModel,
  dialect: GeminiDialect,
): readonly { readonly url: string; readonly param: string }[] => {
  const found = new Map<string, string>();
  arrayAt(body, 'messages').forEach((message, messageAt) => {
    const content = isObject(message) ? message.content : undefined;
    if (!isArray(content)) return;
    content.forEach((part, at) => {
      const source = isObject(part) ? sourceOf(part, dialect) : undefined;
      if (source === undefined || !mustDownload(source.at, model, dialect) || found.has(source.at)) return;
      found.set(source.at, `messages[${messageAt}].content[${at}].${source.key}`);
    });
  });
  return [...found].map(([url, param]) => ({ url, param }));
};

/** A media part in Gemini's terms, or undefined when the part holds no media. */
export const mediaPart = (
  part: JsonObject,
  model: GeminiModel,
  dialect: GeminiDialect,
  media: ReadonlyMap<string, Media>,
): JsonObject | undefined => {
  const source = sourceOf(part, dialect);
  if (source === undefined) return undefined;
  const { at, mimeType: named, name } = source;
  const inline = parseDataUri(at);
  if (inline !== undefined) {
    return inlineData(mediaTypeOf({ inline: inline.mimeType, named, name, base64: inline.base64 }), inline.base64);
  }
  if (!isAddress(at)) return inlineData(mediaTypeOf({ named, name, base64: at }), at);
  const download = mustDownload(at, model, dialect) ? media.get(at) : undefined;
  if (download !== undefined) {
    const { mimeType: downloaded, base64 } = download;
    return inlineData(mediaTypeOf({ named, downloaded, name: name ?? at, base64 }), base64);
  }
  // Google knows the type of what lies in its own services; of anything else it wants to be told.
  const known = knownMediaType({ named, name: name ?? (isYouTube(at) ? undefined : at) });
  const mimeType = known ?? (isGoogleAddress(at) ? undefined : mediaTypeOf({}));
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: at } };
};

const isYouTube = (url: string): boolean => /youtu/i.test(url.split('/')[2] ?? '');

const inlineData = (mimeType: string, data: string): JsonObject => ({ inlineData: { mimeType, data } });
