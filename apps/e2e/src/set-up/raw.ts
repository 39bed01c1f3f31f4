import type { Config, Json } from './json.ts';
import type { Door } from './manage.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** A question as the smallest client asks it. */
export const QUESTION = { model: 'gpt-3.5-turbo', messages: [{ role: 'user', content: 'How deep is the harbour?' }] };

const ANSWER_WITHIN_MS = 30_000;

/** Sends a chat request without any SDK, for what SDKs hide: headers and the whole body. */
export async function rawChat(
  { apiUrl, apiKey }: Door,
  config: Config | string | undefined,
  headers: Readonly<Record<string, string>> = {},
  body: object = QUESTION,
): Promise<RawAnswer> {
  const configText = typeof config === 'object' ? JSON.stringify(config) : config;
  const answer = await fetch(`${apiUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-portkey-api-key': apiKey,
      ...(configText === undefined ? {} : { 'x-portkey-config': configText }),
      ...headers,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
}
