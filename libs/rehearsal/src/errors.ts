/** An error body in the shape OpenAI clients expect. */
export const errorBody = (
  status: number,
  message: string,
  code: string | null = null,
  param: string | null = null,
) => ({
  error: { message, type: typeOf(status), param, code: code ?? CODES[status] ?? null },
});

const CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};

const typeOf = (status: number): string => {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
};
