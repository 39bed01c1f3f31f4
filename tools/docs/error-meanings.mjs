/** What each error of ours means to whoever gets it, and what helps: a row for each name in the table of codes. */
export const ERROR_MEANINGS = {
  invalid_api_key: 'No API key of the gateway, or one that nobody issued.',
  api_key_expired: 'The API key, or the token in its place, is past its date.',
  virtual_key_expired_error: 'The virtual key of a target is past its date.',
  permission_denied:
    'The API key may not do this: a scope is missing, it belongs to an organization and not to a workspace, or its workspace is closed.',
  invalid_request_error:
    'The request cannot be meant, or this target cannot take it: the message says what is wrong, `param` where.',
  invalid_config: 'The config is not valid, not known, or finds no way for this call. `errors` lists the problems.',
  invalid_provider_slug: 'A slug that no virtual key has. All of them are named.',
  invalid_prompt: 'A prompt does not make a request: a variable, a partial or its template is at fault.',
  passthrough_unresolved: 'A target with `passthrough` was tried, and the request names no slug.',
  prompt_not_found: 'The workspace has no such prompt, or the prompt no such version.',
  not_found: 'There is no such path.',
  method_not_allowed: 'The path exists, the method does not.',
  request_timeout: 'Your own request, headers and body, was not complete in time.',
  timeout_error:
    'A deadline passed: `request_timeout`, `first_token_timeout` or `total_timeout`; the message says which.',
  conflict:
    'What you want to make exists already, was changed by somebody else meanwhile, or other things depend on it.',
  usage_limit_exceeded: 'The budget of the API key is spent.',
  virtual_key_exhaust_error: 'The budget of the virtual key of a target is spent.',
  model_not_allowed_error: 'The virtual key of a target is not for this model.',
  request_too_large: 'The body is larger than `GATEWAY_BODY_LIMIT_BYTES`.',
  too_many_requests: 'Too many attempts in a short time. `retry-after` says when to come again.',
  header_too_large: 'The headers together are larger than 64 KiB.',
  client_closed: 'You closed the connection. Nobody is there to see it: it stands in log records only.',
  credential_unreadable:
    'A stored credential does not open: its record was changed, moved, or sealed with a key that is gone. Its owner has to store it again.',
  config_unreadable:
    'A saved config does not open: its record was changed or moved. Save the config again; its older versions may be well.',
  internal_error: 'Our fault. The log of the gateway has the cause under the trace id.',
  unsupported_endpoint: 'The provider has no such endpoint. No other target is tried.',
  connection_error:
    'The provider could not be reached, or the connection broke before its answer was whole. `code` has the reason where there is one (`ECONNREFUSED`, `stream_truncated` …).',
  connect_timeout: 'Connecting took longer than `GATEWAY_CONNECT_TIMEOUT_MS`.',
  invalid_upstream_response:
    'What the provider sent is no answer: a web page, broken JSON, another shape, a redirect. Its beginning is quoted.',
  upstream_stream_error:
    'A stream broke after its beginning was shown. It comes as a frame inside the stream, see [Streams](streaming.md#when-it-goes-wrong).',
  overloaded: 'More calls at once than `GATEWAY_MAX_IN_FLIGHT`. `retry-after` says when to come again.',
  shutting_down: 'The gateway is stopping. Kept for services behind it; calls that still get through are served.',
  store_unavailable: 'A service or database behind the platform cannot be reached at the moment.',
  control_plane_unavailable:
    'Something that the gateway has not heard of was named, or a management path was called, and the control plane cannot be asked. Calls by what is known go on.',
  vault_unavailable:
    'The credential behind a virtual key is not in memory, and the vault cannot be asked. Calls by those that are go on.',
  upstream_timeout:
    'The provider said nothing for `GATEWAY_UPSTREAM_TIMEOUT_MS`: no headers where no timeout is set, or silence inside a plain answer.',
};
