import * as z from 'zod';

const MIN_CHARS = 12;
const MAX_CHARS = 256;

/** A password that somebody chooses. Length is what counts; what it is made of is left to people. */
export const newPasswordField = () =>
  z
    .string()
    .min(MIN_CHARS, `must have at least ${MIN_CHARS} characters`)
    .max(MAX_CHARS, `must have at most ${MAX_CHARS} characters`)
    .refine((text) => new Set(text).size > 4, { error: 'must not be one character over and over' });

/** A password that somebody has. */
export const passwordField = () => z.string().min(1, 'must not be empty').max(1_024);

/** An address, in the spelling that accounts are found by. */
export const emailField = () => z.string().trim().toLowerCase().max(320).pipe(z.email('must be an e-mail address'));
