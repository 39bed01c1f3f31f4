import { expect, it } from 'vitest';
import { base64Of, parseDataUri } from './data-uri.ts';
import { knownMediaType, mediaTypeOf, sniffMediaType } from './media-type.ts';

const base64 = (latin1: string): string => base64Of(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));

it('reads a data URI in base64, with parameters before the mark', () => {
  expect(parseDataUri('data:image/PNG;charset=x;base64,AAEC,')).toEqual({ mimeType: 'image/png', base64: 'AAEC,' });
  expect(parseDataUri('data:;base64,AAEC')).toEqual({ base64: 'AAEC' });
});

it('turns percent-encoded content into base64, bad escapes kept as text', () => {
  expect(parseDataUri('data:text/plain,a%20b%zz')).toEqual({ mimeType: 'text/plain', base64: base64('a b%zz') });
  expect(parseDataUri('data:,é')).toEqual({ base64: base64('\xc3\xa9') });
});

it('is undefined for what is no data URI', () => {
  for (const text of ['https://a.example/data:,', 'data:image/png;base64', ''])
    expect(parseDataUri(text)).toBe(undefined);
});

it.each([
  ['RIFF\x01\x02\xff\x04WEBPVP', 'image/webp'],
  ['RIFF\xff\xfe\x33\x04WAVEfmt', 'audio/wav'],
  ['\x00\x00\x00\x18ftypmp42', 'video/mp4'],
  ['\x00\x00\x00\x21ftypisom', 'video/mp4'],
  ['ID3\x03', 'audio/mpeg'],
  ['\xff\xfb\x90', 'audio/mpeg'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF89a', 'image/gif'],
  ['%PDF-1.7', 'application/pdf'],
  ['OggS\x00', 'audio/ogg'],
  ['plain words', undefined],
])('sniffs %j', (bytes, type) => {
  expect(sniffMediaType(base64(bytes))).toBe(type);
});

it('takes the best clue: inline, named, downloaded, extension, content, then jpeg', () => {
  const all = {
    inline: 'image/a',
    named: 'image/b',
    downloaded: 'image/c; q=1',
    name: 'https://x.example/p.GIF?size=1.png',
    base64: base64('%PDF-'),
  };
  expect(mediaTypeOf(all)).toBe('image/a');
  expect(mediaTypeOf({ ...all, inline: undefined })).toBe('image/b');
  expect(mediaTypeOf({ ...all, inline: undefined, named: undefined })).toBe('image/c');
  expect(mediaTypeOf({ downloaded: 'application/octet-stream', name: all.name })).toBe('image/gif');
  expect(mediaTypeOf({ name: 'https://x.example/none', base64: all.base64 })).toBe('application/pdf');
  expect(knownMediaType({ name: 'https://x.example/none' })).toBe(undefined);
  expect(mediaTypeOf({})).toBe('image/jpeg');
});
