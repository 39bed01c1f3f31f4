import { createErrorCodec, type PublicDetail, type PublicError } from '../errors.ts';

/** A table as a service has one: every error of this library, and some of the service's own. */
export const CODES = {
  not_found: { code: null, grpc: 'NOT_FOUND' },
  invalid_request_error: { code: null, grpc: 'INVALID_ARGUMENT' },
  invalid_api_key: { code: '03', grpc: 'UNAUTHENTICATED' },
  client_closed: { code: null, grpc: 'CANCELLED' },
  connection_error: { code: null, grpc: 'UNAVAILABLE' },
  internal_error: { code: null, grpc: 'INTERNAL' },
  overloaded: { code: 'gateway_overloaded', grpc: 'UNAVAILABLE' },
  shutting_down: { code: 'shutting_down', grpc: 'UNAVAILABLE' },
  upstream_timeout: { code: null, grpc: 'DEADLINE_EXCEEDED' },
} as const;

export type ErrorName = keyof typeof CODES;

/** An error as a service makes it. */
export class PlatformError extends Error implements PublicError<ErrorName> {
  override readonly name = 'PlatformError';
  readonly type: ErrorName;
  readonly param: string | null;
  readonly code: string | null;
  readonly errors: readonly string[] | undefined;
  readonly field: string | undefined;

  constructor(type: ErrorName, detail: PublicDetail) {
    super(detail.public, { cause: detail.cause });
    this.type = type;
    this.param = detail.param ?? null;
    this.code = detail.code ?? CODES[type].code;
    this.errors = detail.errors;
    this.field = detail.field;
  }
}

export const ERRORS = createErrorCodec({ CODES, PlatformError });
