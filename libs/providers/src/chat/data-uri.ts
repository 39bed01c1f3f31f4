/** Content carried inside a URI; the media type is absent where the URI names none. */
export interface DataUri {
  readonly mimeType?: string;
  readonly base64: string;
}

/**
 * Splits a data URI at its first comma. Content without the `;base64` mark is percent-decoded and then encoded;
 * an escape that is none stays as text.
 * @returns undefined when the text is no data URI
 * @source RFC 2397
 */
export const parseDataUri = (uri: string): DataUri | undefined => {
  const comma = uri.indexOf(',');
  if (comma < 0 || !/^data:/i.test(uri)) return undefined;
  const head = uri.slice('data:'.length, comma);
  const content = uri.slice(comma + 1);
  const mimeType = (head.split(';')[0] ?? '').trim().toLowerCase();
  return {
    ...(mimeType === '' ? {} : { mimeType }),
    base64: /;\s*base64\s*$/i.test(head) ? content : base64Of(percentDecoded(content)),
  };
};

/** Base64 of bytes, without any runtime's own buffer type. */
export const base64Of = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += SLICE) parts.push(String.fromCharCode(...bytes.subarray(at, at + SLICE)));
  return btoa(parts.join(''));
};

/** Few enough bytes to be spread into the arguments of one call. */
const SLICE = 0x2000;

const PERCENT = 0x25;

const percentDecoded = (text: string): Uint8Array => {
  const bytes = new TextEncoder().encode(text);
  const out = new Uint8Array(bytes.length);
  let size = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const hex = byte === PERCENT ? String.fromCharCode(...bytes.subarray(at + 1, at + 3)) : '';
    const escaped = /^[0-9a-f]{2}$/i.test(hex);
    out[size++] = escaped ? Number.parseInt(hex, 16) : byte;
    if (escaped) at += 2;
  }
  return out.subarray(0, size);
};
