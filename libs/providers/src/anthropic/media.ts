import { type DataUri, parseDataUri } from '../chat/data-uri.ts';
import { knownMediaType, mediaTypeOf } from '../chat/media-type.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import { type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import { cacheMark } from './cache-marks.ts';
import type { Findings } from './findings.ts';

const FILES_BETA = 'files-api-2025-04-14';
const PDF = 'application/pdf';

/**
 * An `image_url` part as an image or, for a PDF, a document. The provider downloads URLs itself.
 * @throws UnsupportedValue for text that is not what it says
 */
export const imageBlock = (part: JsonObject, param: string): JsonObject => {
  const image = objectAt(part, 'image_url');
  const url = stringAt(image, 'url') ?? stringAt(part, 'image_url') ?? '';
  const data = parseDataUri(url);
  if (data !== undefined) {
    const type = mediaTypeOf({ inline: data.mimeType, named: stringAt(image, 'mime_type'), base64: data.base64 });
    return { ...inlineBlock(type, data.base64, param), ...cacheMark(part) };
  }
  const type = knownMediaType({ named: stringAt(image, 'mime_type'), name: url });
  return { type: type === PDF ? 'document' : 'image', source: { type: 'url', url }, ...cacheMark(part) };
};

/**
 * A `file` part as a document, or as an image when its content is one.
 * @throws UnsupportedValue when the part holds no content, or text that is not what it says
 */
export const fileBlock = (part: JsonObject, param: string, findings: Findings): JsonObject => {
  const file = objectAt(part, 'file') ?? {};
  const name = stringAt(file, 'filename') ?? stringAt(file, 'file_name');
  const block = fileContent(file, name, param, findings);
  const title = block.type === 'document' && name !== undefined ? { title: name } : {};
  return { ...block, ...title, ...cacheMark(part) };
};

const fileContent = (file: JsonObject, name: string | undefined, param: string, findings: Findings): JsonObject => {
  const named = stringAt(file, 'mime_type');
  const content = stringAt(file, 'file_data');
  if (content !== undefined) {
    const data: DataUri = parseDataUri(content) ?? { base64: content };
    const type = knownMediaType({ inline: data.mimeType, named, name, base64: data.base64 }) ?? PDF;
    return inlineBlock(type, data.base64, `${param}.file.file_data`);
  }
  const url = stringAt(file, 'file_url');
  if (url !== undefined) {
    const isImage = knownMediaType({ named, name: url })?.startsWith('image/') === true;
    return { type: isImage ? 'image' : 'document', source: { type: 'url', url } };
  }
  const id = stringAt(file, 'file_id');
  if (id === undefined) throw new UnsupportedValue('a file part needs file_data, file_url or file_id', `${param}.file`);
  findings.betas.push(FILES_BETA);
  return { type: 'document', source: { type: 'file', file_id: id } };
};

const inlineBlock = (type: string, base64: string, param: string): JsonObject => {
  if (type.startsWith('text/')) {
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: textOf(base64, param) } };
  }
  const source = { type: 'base64', media_type: type === 'image/jpg' ? 'image/jpeg' : type, data: base64 };
  return { type: type.startsWith('image/') ? 'image' : 'document', source };
};

const textOf = (base64: string, param: string): string => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    throw new UnsupportedValue('the content of a text file must be base64', param, 'invalid_value');
  }
};
