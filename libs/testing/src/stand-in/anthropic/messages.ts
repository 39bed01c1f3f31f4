import {
  countTokens,
  isArray,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  sseFrame,
  stringAt,
} from '@portolan/rehearsal';
import type { Ask, Sent } from '../dialect.ts';
import type { Said } from '../say.ts';

const textOf = (content: JsonObject[string]): string => {
  if (typeof content === 'string') return content;
  if (!isArray(content)) return '';
  return content
    .filter(isObject)
    .map((block) => stringAt(block, 'text') ?? textOf(block.content))
    .join(' ');
};

export const messagesAsk = (body: JsonObject): Ask => {
  const messages = objectsAt(body, 'messages');
  const last = messages.at(-1);
  const lastBlock = objectsAt(last, 'content').at(-1);
  const choice = objectAt(body, 'tool_choice');
  return {
    model: stringAt(body, 'model') ?? '',
    stream: body.stream === true,
    promptText: [textOf(body.system), ...messages.map((message) => textOf(message.content))].join(' '),
    userText: textOf(messages.findLast((message) => message.role === 'user')?.content),
    toolResult: lastBlock?.type === 'tool_result' ? textOf(lastBlock.content) : undefined,
    tools: objectsAt(body, 'tools').map((tool) => ({
      name: stringAt(tool, 'name') ?? '',
      schema: objectAt(tool, 'input_schema'),
    })),
    toolChoice: choiceOf(choice),
    maxTokens: numberAt(body, 'max_tokens'),
    jsonSchema: objectAt(objectAt(objectAt(body, 'output_config'), 'format'), 'schema'),
  };
};

const choiceOf = (choice: JsonObject | undefined): Ask['toolChoice'] => {
  if (choice?.type === 'none') return 'none';
  if (choice?.type === 'any') return 'required';
  return choice?.type === 'tool' ? { name: stringAt(choice, 'name') ?? '' } : 'auto';
};

const STOP_REASONS: Readonly<Record<Said['finish'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** Input here excludes what was read from or written to the cache. */
const inputUsage = ({ usage }: Said) => ({
  input_tokens: usage.promptTokens - usage.cacheReadTokens - usage.cacheWriteTokens,
  cache_creation_input_tokens: usage.cacheWriteTokens,
  cache_read_input_tokens: usage.cacheReadTokens,
  cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
});

const outputUsage = ({ usage }: Said) => ({
  output_tokens: usage.completionTokens,
  ...(usage.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } } : {}),
});

const signature = (said: Said): string => Buffer.from(said.mark).toString('base64');

const toolId = (said: Said, at: number): string => `toolu_${said.mark.slice(0, 22)}${at}`;

const headersOf = (said: Said) => ({
  'request-id': `req_${said.mark}`,
  'anthropic-ratelimit-requests-remaining': '999',
});

export const answerMessages = (said: Said, ask: Ask): Sent =>
  ask.stream ? { events: events(said), headers: headersOf(said) } : { body: message(said), headers: headersOf(said) };

const message = (said: Said) => ({
  id: `msg_${said.mark}`,
  type: 'message',
  role: 'assistant',
  model: said.model,
  content: [
    ...(said.thinking === '' ? [] : [{ type: 'thinking', thinking: said.thinking, signature: signature(said) }]),
    ...(said.pieces.length === 0 ? [] : [{ type: 'text', text: said.pieces.join('') }]),
    ...said.toolCalls.map((call, at) => ({
      type: 'tool_use',
      id: toolId(said, at),
      name: call.name,
      input: call.arguments,
    })),
  ],
  stop_reason: STOP_REASONS[said.finish],
  stop_sequence: null,
  usage: { ...inputUsage(said), ...outputUsage(said), service_tier: 'standard' },
});

const events = (said: Said): Uint8Array[] => {
  const event = (type: string, fields: object = {}) => sseFrame({ type, ...fields }, type);
  const blocks = blocksOf(said);
  return [
    event('message_start', {
      message: {
        ...message(said),
        content: [],
        stop_reason: null,
        usage: { ...inputUsage(said), output_tokens: 1, service_tier: 'standard' },
      },
    }),
    event('ping'),
    ...blocks.flatMap(({ start, deltas }, index) => [
      event('content_block_start', { index, content_block: start }),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    event('message_delta', {
      delta: { stop_reason: STOP_REASONS[said.finish], stop_sequence: null },
      usage: { ...inputUsage(said), ...outputUsage(said) },
    }),
    event('message_stop'),
  ];
};

interface Block {
  readonly start: object;
  readonly deltas: readonly object[];
}

const blocksOf = (said: Said): readonly Block[] => [
  ...(said.thinking === ''
    ? []
    : [
        {
          start: { type: 'thinking', thinking: '', signature: '' },
          deltas: [
            { type: 'thinking_delta', thinking: said.thinking },
            { type: 'signature_delta', signature: signature(said) },
          ],
        },
      ]),
  ...(said.pieces.length === 0
    ? []
    : [{ start: { type: 'text', text: '' }, deltas: said.pieces.map((text) => ({ type: 'text_delta', text })) }]),
  ...said.toolCalls.map((call, at) => {
    const text = JSON.stringify(call.arguments);
    const half = text.length >> 1;
    // As the provider does it: an empty first fragment, and no fragment with content for an empty object.
    const fragments = text === '{}' ? [''] : ['', text.slice(0, half), text.slice(half)];
    return {
      start: { type: 'tool_use', id: toolId(said, at), name: call.name, input: {} },
      deltas: fragments.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    };
  }),
];

/** The answer of the counting endpoint. */
export const replyCount = (body: JsonObject): Sent => ({
  body: { input_tokens: countTokens(messagesAsk(body).promptText) },
});
