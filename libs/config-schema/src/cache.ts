import * as z from 'zod';
import type { CachePolicy } from './route.ts';

export const MIN_CACHE_AGE_SECONDS = 60;
export const MAX_CACHE_AGE_SECONDS = 7_776_000;
export const DEFAULT_CACHE_AGE_SECONDS = 604_800;

export const cache = z
  .strictObject({
    mode: z.enum(['simple', 'semantic']),
    max_age: z
      .int()
      .min(MIN_CACHE_AGE_SECONDS)
      .max(MAX_CACHE_AGE_SECONDS)
      .optional()
      .meta({ description: 'Seconds. Outside the bounds, or absent: 604800.' }),
  })
  .meta({ description: 'Answers from the cache.' });

/** Ages outside the bounds mean the default age, not the nearest bound. */
export const isCacheAge = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= MIN_CACHE_AGE_SECONDS && seconds <= MAX_CACHE_AGE_SECONDS;

export const toCachePolicy = (from: z.infer<typeof cache>): CachePolicy => ({
  mode: from.mode,
  maxAgeSeconds: from.max_age ?? DEFAULT_CACHE_AGE_SECONDS,
  maxAgeGiven: from.max_age !== undefined,
});
