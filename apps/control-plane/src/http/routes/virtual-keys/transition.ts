import * as z from 'zod';

const YEAR_MS = 365 * 86_400_000;

/** How long the secrets before a change work on; absent ends them at once. */
export const transitionField = () =>
  z
    .number({ error: 'must be a whole number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(0, 'must not be negative')
    .max(YEAR_MS, 'must be at most a year')
    .nullish();
