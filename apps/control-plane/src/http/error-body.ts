import type { PlatformError } from '@portolan/service-kit';
import type { JsonObject } from '../domain/json.ts';

/** The short codes of the management API, by HTTP status. */
const SHORT_CODES: Readonly<Record<number, string>> = {
  400: 'AB01',
  401: 'AB05',
  402: 'AB09',
  403: 'AB03',
  404: 'AB08',
  405: 'AB08',
  408: 'AB01',
  409: 'AB07',
  413: 'AB01',
  429: 'AB06',
};

export const shortCodeOf = (status: number): string => SHORT_CODES[status] ?? (status < 500 ? 'AB01' : 'AB04');

/** All shapes that clients read: `data` with the short code, the `error` object of OpenAI clients, and the one of data-plane paths. */
export const errorBody = (error: PlatformError, traceId: string): JsonObject => {
  const errorCode = shortCodeOf(error.status);
  return {
    success: false,
    status: 'failure',
    message: error.message,
    data: { message: error.message, errorCode },
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    error: { message: error.message, code: errorCode, type: error.type, param: error.param, trace_id: traceId },
  };
};
