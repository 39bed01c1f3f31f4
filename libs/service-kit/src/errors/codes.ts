/**
 * Every error that Portolan makes itself, by its stable name (`error.type` on the wire).
 * `http` is the status a caller sees; `code` is the short legacy code in `error.code`, if the name has one;
 * `grpc` is how it crosses services; `retryable` says whether the same call may succeed later.
 */
export const CODES = {
  invalid_api_key: { http: 401, code: '03', grpc: 'UNAUTHENTICATED', retryable: false },
  api_key_expired: { http: 401, code: '01', grpc: 'UNAUTHENTICATED', retryable: false },
  virtual_key_expired_error: { http: 401, code: '01', grpc: 'UNAUTHENTICATED', retryable: false },
  permission_denied: { http: 403, code: '033', grpc: 'PERMISSION_DENIED', retryable: false },
  invalid_request_error: { http: 400, code: null, grpc: 'INVALID_ARGUMENT', retryable: false },
  invalid_config: { http: 400, code: null, grpc: 'INVALID_ARGUMENT', retryable: false },
  invalid_provider_slug: { http: 400, code: null, grpc: 'INVALID_ARGUMENT', retryable: false },
  invalid_prompt: { http: 400, code: null, grpc: 'INVALID_ARGUMENT', retryable: false },
  passthrough_unresolved: { http: 400, code: null, grpc: 'INVALID_ARGUMENT', retryable: false },
  prompt_not_found: { http: 404, code: null, grpc: 'NOT_FOUND', retryable: false },
  not_found: { http: 404, code: null, grpc: 'NOT_FOUND', retryable: false },
  method_not_allowed: { http: 405, code: null, grpc: 'UNIMPLEMENTED', retryable: false },
  request_timeout: { http: 408, code: null, grpc: 'DEADLINE_EXCEEDED', retryable: true },
  timeout_error: { http: 408, code: null, grpc: 'DEADLINE_EXCEEDED', retryable: true },
  conflict: { http: 409, code: null, grpc: 'ABORTED', retryable: false },
  usage_limit_exceeded: { http: 412, code: '04', grpc: 'RESOURCE_EXHAUSTED', retryable: false },
  virtual_key_exhaust_error: { http: 412, code: '04', grpc: 'RESOURCE_EXHAUSTED', retryable: false },
  model_not_allowed_error: { http: 412, code: null, grpc: 'PERMISSION_DENIED', retryable: false },
  request_too_large: { http: 413, code: null, grpc: 'RESOURCE_EXHAUSTED', retryable: false },
  too_many_requests: { http: 429, code: null, grpc: 'RESOURCE_EXHAUSTED', retryable: true },
  header_too_large: { http: 431, code: null, grpc: 'RESOURCE_EXHAUSTED', retryable: false },
  client_closed: { http: 499, code: null, grpc: 'CANCELLED', retryable: false },
  credential_unreadable: { http: 500, code: null, grpc: 'DATA_LOSS', retryable: false },
  config_unreadable: { http: 500, code: null, grpc: 'DATA_LOSS', retryable: false },
  internal_error: { http: 500, code: null, grpc: 'INTERNAL', retryable: false },
  unsupported_endpoint: { http: 501, code: null, grpc: 'UNIMPLEMENTED', retryable: false },
  connection_error: { http: 502, code: null, grpc: 'UNAVAILABLE', retryable: true },
  connect_timeout: {
    http: 503,
    type: 'connection_error',
    code: 'connect_timeout',
    grpc: 'UNAVAILABLE',
    retryable: true,
  },
  invalid_upstream_response: { http: 502, code: null, grpc: 'UNAVAILABLE', retryable: true },
  upstream_stream_error: { http: 502, code: 'stream_interrupted', grpc: 'UNAVAILABLE', retryable: true },
  overloaded: { http: 503, code: 'gateway_overloaded', grpc: 'UNAVAILABLE', retryable: true },
  shutting_down: { http: 503, code: 'shutting_down', grpc: 'UNAVAILABLE', retryable: true },
  store_unavailable: { http: 503, code: null, grpc: 'UNAVAILABLE', retryable: true },
  control_plane_unavailable: {
    http: 503,
    code: 'control_plane_unavailable',
    grpc: 'UNAVAILABLE',
    retryable: true,
  },
  vault_unavailable: { http: 503, code: 'vault_unavailable', grpc: 'UNAVAILABLE', retryable: true },
  upstream_timeout: { http: 504, code: null, grpc: 'DEADLINE_EXCEEDED', retryable: true },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly http: number;
  /** What callers see as `error.type`, where that is not the row's own name. */
  readonly type?: string;
  readonly code: string | null;
  readonly grpc: string;
  readonly retryable: boolean;
}

export type ErrorName = keyof typeof CODES;

/** What callers see as `error.type`. */
export const publicType = (name: ErrorName): string => {
  const row: ErrorRow = CODES[name];
  return row.type ?? name;
};
