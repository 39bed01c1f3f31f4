import * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { OpenCall } from './call.ts';
import { readQuery } from './input.ts';

/** Which part of a list is asked for. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

const PAGES_MAX = 1_000_000;

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().max(max, `must be at most ${max}`));

/**
 * `page_size` and the zero-based `current_page`, also in camelCase. A page that is larger than allowed is cut to what is.
 * @throws PlatformError  `invalid_request_error` for what is no number
 */
export const readPage = (
  call: Pick<OpenCall, 'query'>,
  { size = 100, sizeMax = 1_000 }: { readonly size?: number; readonly sizeMax?: number } = {},
): Page => {
  const { page_size = size, current_page = 0 } = readQuery(
    call,
    z.object({ page_size: whole(Number.MAX_SAFE_INTEGER).optional(), current_page: whole(PAGES_MAX).optional() }),
  );
  const limit = Math.min(page_size === 0 ? size : page_size, sizeMax);
  return { limit, offset: current_page * limit };
};

/** A list as every client reads it. @param total  over all pages */
export const listOf = (total: number, data: readonly JsonObject[]): JsonObject => ({ object: 'list', total, data });
