import { type Media, UnsupportedValue } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { Dispatcher } from 'undici';
import { createLimiter } from './limiter.ts';

const MAX_BYTES = 20 * 1024 * 1024;
const DEADLINE_MS = 10_000;
/** Downloads of all calls together: each may hold its whole size in memory. */
const AT_ONCE = 16;
const WAITING = 1_000;
const TYPES = /^(image|audio|video)\/|^application\/pdf\b/;

/** Downloads media for providers that do not fetch URLs themselves, through the same guarded way out as every call. */
export const mediaFetcher = (dispatcher: Dispatcher): ((url: string, param: string) => Promise<Media>) => {
  const limiter = createLimiter(AT_ONCE, WAITING);
  return async (url, param) => {
    const download = limiter.run(() => downloadMedia(dispatcher, url, param));
    if (download !== undefined) return download;
    throw new PlatformError('overloaded', { public: 'The gateway is downloading as much media as it can', param });
  };
};

const downloadMedia = async (dispatcher: Dispatcher, url: string, param: string): Promise<Media> => {
  const refuse = (why: string): never => {
    throw new UnsupportedValue(`The media at ${param} could not be fetched: ${why}`, param, 'media_download_failed');
  };
  const target = URL.canParse(url) ? new URL(url) : refuse('not a URL');
  if (!/^https?:$/.test(target.protocol) || target.username !== '') refuse('only http and https URLs are fetched');
  if (target.port !== '' && target.port !== '80' && target.port !== '443') refuse('only ports 80 and 443 are used');
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: target.origin,
      path: target.pathname + target.search,
      method: 'GET',
      headers: { accept: '*/*' },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (statusCode !== 200) {
      await body.dump();
      return refuse(`the server answered ${statusCode}`);
    }
    const mimeType = typeof headers['content-type'] === 'string' ? (headers['content-type'].split(';')[0] ?? '') : '';
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of body) {
      const bytes = Buffer.from(part);
      size += bytes.length;
      if (size > MAX_BYTES) refuse(`it is larger than ${MAX_BYTES / (1024 * 1024)} MiB`);
      parts.push(bytes);
    }
    if (!TYPES.test(mimeType)) refuse('its content type is not an image, audio, video or PDF');
    return { mimeType, base64: Buffer.concat(parts).toString('base64') };
  } catch (error) {
    if (error instanceof UnsupportedValue) throw error;
    return refuse('the server could not be reached in time');
  }
};
