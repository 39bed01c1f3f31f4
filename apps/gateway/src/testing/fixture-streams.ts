import { chat, MODELS, type Running } from './providers.ts';

/** A provider's stream as its bytes, event by event, each with its blank line. */
export type FixtureStream = readonly string[];

export type StreamingProvider = 'openai' | 'anthropic' | 'google' | 'mistral-ai' | 'rehearsal';

export const STREAMING: readonly StreamingProvider[] = ['openai', 'anthropic', 'google', 'mistral-ai', 'rehearsal'];

export const modelOf = (provider: StreamingProvider): string =>
  provider === 'rehearsal' ? 'rehearsal' : MODELS[provider];

const stream = { stream: true };
const google = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] };

const nativeCalls: Readonly<
  Record<StreamingProvider, { path: string; headers: Readonly<Record<string, string>>; body: object }>
> = {
  openai: {
    path: '/chat/completions',
    headers: { authorization: 'Bearer K' },
    body: chat(MODELS.openai, 'Hello', { ...stream, stream_options: { include_usage: true } }),
  },
  anthropic: {
    path: '/messages',
    headers: { 'x-api-key': 'K', 'anthropic-version': '2023-06-01' },
    body: chat(MODELS.anthropic, 'Hello', stream),
  },
  google: {
    path: `/models/${MODELS.google}:streamGenerateContent?alt=sse`,
    headers: { 'x-goog-api-key': 'K' },
    body: google,
  },
  'mistral-ai': {
    path: '/chat/completions',
    headers: { authorization: 'Bearer K' },
    body: chat(MODELS['mistral-ai'], 'Hello', stream),
  },
  rehearsal: { path: '/chat/completions', headers: {}, body: chat('rehearsal', 'Hello', stream) },
};

/** What a provider streams when it is asked itself, in its own format. */
export const fixtureStream = async (provider: StreamingProvider, running: Running): Promise<FixtureStream> => {
  const { path, headers, body } = nativeCalls[provider];
  if (provider !== 'rehearsal') running[provider].script({ text: WORDS.join('') });
  const response = await fetch(running[provider].url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${provider} answered ${response.status}: ${text}`);
  return text.match(/[\s\S]+?\n\n/g) ?? [];
};

/** What the fixtures say, piece by piece. The rehearsal provider uses its own words. */
export const WORDS: readonly string[] = ['alpha ', 'beta ', 'gamma.'];
