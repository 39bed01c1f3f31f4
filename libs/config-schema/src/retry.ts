import * as z from 'zod';
import type { Retry } from './route.ts';

export const MAX_RETRY_ATTEMPTS = 5;
export const DEFAULT_RETRY_STATUS_CODES: readonly number[] = Object.freeze([429, 500, 502, 503, 504, 529]);

export const statusCodes = z.array(z.int());

export const retry = z
  .strictObject({
    attempts: z.int().min(0).max(MAX_RETRY_ATTEMPTS).meta({ description: 'Extra attempts after the first.' }),
    on_status_codes: statusCodes
      .optional()
      .meta({ description: 'Replaces the default list 429, 500, 502, 503, 504, 529.' }),
    use_retry_after_header: z.boolean().optional(),
    use_retry_after_headers: z.boolean().optional().meta({ description: 'Same as use_retry_after_header.' }),
  })
  .meta({ description: 'Retries of one target.' });

export const toRetry = (from: z.infer<typeof retry>): Retry => ({
  attempts: from.attempts,
  onStatusCodes: from.on_status_codes ?? DEFAULT_RETRY_STATUS_CODES,
  useRetryAfterHeader: from.use_retry_after_header ?? from.use_retry_after_headers ?? false,
});
