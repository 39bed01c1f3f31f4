const CREATED = 1_760_000_000;
const MODEL = 'gpt-4o-mini-2024-07-18';
const STREAM_CHUNKS = 20;
const ANSWER_BYTES = 1_268;

const chunk = (delta: object, finishReason: string | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench0000000000000000000000',
    object: 'chat.completion.chunk',
    created: CREATED,
    model: MODEL,
    system_fingerprint: 'fp_bench',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })}\n\n`;

/** Twenty chunks of a chat completion; `[DONE]` follows them. */
export const streamChunks: readonly string[] = Array.from({ length: STREAM_CHUNKS }, (_, i) => {
  if (i === 0) return chunk({ role: 'assistant', content: '' }, null);
  if (i === STREAM_CHUNKS - 1) return chunk({}, 'stop');
  return chunk({ content: ` word${i}` }, null);
});

export const streamEnd = 'data: [DONE]\n\n';

const completion = (content: string): string =>
  JSON.stringify({
    id: 'chatcmpl-bench0000000000000000000000',
    object: 'chat.completion',
    created: CREATED,
    model: MODEL,
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: {
      prompt_tokens: 84,
      completion_tokens: 160,
      total_tokens: 244,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  });

/** A chat completion of an ordinary size: about 1.27 kB. */
export const plainAnswer = completion('word '.repeat(ANSWER_BYTES).slice(0, ANSWER_BYTES - completion('').length));

/** What a client sends: about half a kilobyte, as a short chat does. */
export const question = (stream: boolean): string =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'You answer questions about opening hours briefly and kindly.' },
      { role: 'user', content: 'When does the library open on the first Monday of the month? '.repeat(4).trim() },
    ],
    temperature: 0.1,
    max_tokens: 256,
    stream,
  });
