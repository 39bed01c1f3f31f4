/** What may tell a medium's type, best clue first. */
export interface MediaClues {
  /** From the data URI itself. */
  readonly inline?: string;
  /** Named by the caller beside the content. */
  readonly named?: string;
  /** The content type that came with a download. */
  readonly downloaded?: string;
  /** A file name or a URL. */
  readonly name?: string;
  /** The content. */
  readonly base64?: string;
}

/** The media type by the best clue there is, or undefined. */
export const knownMediaType = (clues: MediaClues): string | undefined =>
  given(clues.inline) ??
  given(clues.named) ??
  given(clues.downloaded) ??
  typeOfName(clues.name) ??
  (clues.base64 === undefined ? undefined : sniffMediaType(clues.base64));

/** The media type by the best clue there is; a picture when nothing tells. */
export const mediaTypeOf = (clues: MediaClues): string => knownMediaType(clues) ?? 'image/jpeg';

/** The media type that the first bytes of a base64 text show, or undefined. */
export const sniffMediaType = (base64: string): string | undefined => {
  const start = firstBytes(base64);
  return MAGIC.find(([pattern]) => pattern.test(start))?.[1];
};

const given = (type: string | undefined): string | undefined => {
  const bare = type?.split(';')[0]?.trim().toLowerCase() ?? '';
  return bare === '' || bare === 'application/octet-stream' ? undefined : bare;
};

const typeOfName = (name: string | undefined): string | undefined => {
  const extension = /\.([a-z0-9]+)$/i.exec(name?.split(/[?#]/)[0] ?? '')?.[1]?.toLowerCase() ?? '';
  return EXTENSIONS.get(extension);
};

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['csv', 'text/csv'],
  ['md', 'text/markdown'],
  ['html', 'text/html'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['ogg', 'audio/ogg'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
]);

/** Over the first bytes, one character a byte. */
const MAGIC: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG/, 'image/png'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^%PDF-/, 'application/pdf'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  [/^ID3|^\xff[\xfb\xf3\xf2]/, 'audio/mpeg'],
  [/^OggS/, 'audio/ogg'],
  [/^.{4}ftyp/s, 'video/mp4'],
];

/** 24 characters of base64 are 18 bytes, more than any mark here needs. */
const firstBytes = (base64: string): string => {
  const head = base64.slice(0, 24).replace(/[^A-Za-z0-9+/]/g, '');
  try {
    return atob(head.slice(0, head.length - (head.length % 4 === 1 ? 1 : 0)));
  } catch {
    return '';
  }
};
