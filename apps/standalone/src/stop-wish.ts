export type StopWish = 'drain' | 'repeat' | 'end-now';

/** npm hands on a Ctrl-C that the terminal has sent already: a signal that comes this soon is the same wish. */
export const SAME_WISH_MS = 500;

/**
 * What a signal to stop means.
 * @param sinceFirstMs  time since the first one; undefined for the first
 */
export const stopWish = (sinceFirstMs: number | undefined): StopWish => {
  if (sinceFirstMs === undefined) return 'drain';
  return sinceFirstMs < SAME_WISH_MS ? 'repeat' : 'end-now';
};
