import type { JsonObject } from '@portolan/providers';
import type { PlatformError } from '@portolan/service-kit';

interface PublicError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

const errorObject = ({ message, type, param, code }: PublicError): JsonObject => ({ message, type, param, code });

/**
 * An error raised before a target was tried. `error` is what OpenAI clients read; `status` and `message` on top
 * are what clients of the gateway we replace read.
 */
export const requestErrorBody = (error: PlatformError): JsonObject => ({
  status: 'failure',
  message: error.message,
  ...(error.errors === undefined ? {} : { errors: error.errors }),
  error: error.field === undefined ? errorObject(error) : { ...errorObject(error), field: error.field },
  // The shape that clients know for a path outside the API.
  ...(error.type === 'not_found' ? { ok: false } : {}),
});

/** An error at a target, made by us: no provider to name unless it is about its answer. */
export const targetErrorBody = (error: PublicError, provider?: string): JsonObject => ({
  error: errorObject(error),
  ...(provider === undefined ? {} : { provider }),
});
