import { type Media, UnsupportedValue } from '@portolan/providers';
import { createLimiter } from './limiter.ts';

/** What one call may have downloaded, all its media together. */
export const MAX_MEDIA = 100;
export const MAX_MEDIA_CHARS = 64 * 1024 * 1024;
const AT_ONCE = 4;

type FetchMedia = (url: string, param: string) => Promise<Media>;

/** The downloads of one call: bounded in number, and in base64 characters held. */
export const mediaOfCall = (fetchMedia: FetchMedia): FetchMedia => {
  const limiter = createLimiter(AT_ONCE, MAX_MEDIA - AT_ONCE);
  let chars = 0;
  let refused = false;
  return async (url, param) => {
    const refuse = (why: string): never => {
      refused = true;
      throw new UnsupportedValue(`The media at ${param} could not be fetched: ${why}`, param, 'media_download_failed');
    };
    const download = async () => {
      // One failure fails the call: what still waits is not fetched for nothing.
      if (refused) return refuse('another one of this call could not be');
      const media = await fetchMedia(url, param).catch((error: unknown) => {
        refused = true;
        throw error;
      });
      chars += media.base64.length;
      return chars > MAX_MEDIA_CHARS ? refuse('the media of this call are too large together') : media;
    };
    return limiter.run(download) ?? refuse(`a call may name at most ${MAX_MEDIA}`);
  };
};
