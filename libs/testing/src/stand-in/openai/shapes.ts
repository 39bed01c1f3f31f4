import { isObject, type JsonObject, objectsAt, stringAt } from '@portolan/rehearsal';
import {
  anyObject,
  anything,
  byKind,
  choice,
  firstOf,
  flag,
  integer,
  invalid,
  listOf,
  modelName,
  nullable,
  number,
  object,
  type Path,
  type Problem,
  type Shape,
  tagged,
  text,
  withRule,
} from '../shape.ts';

/** OpenAI takes null for every optional parameter. */
const optional = (shapes: Readonly<Record<string, Shape>>): Readonly<Record<string, Shape>> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, nullable(shape)]));

const toolName = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const breakpoint = { prompt_cache_breakpoint: object({ mode: choice('explicit') }) };

const textPart = object({ type: anything, text: text() }, breakpoint);
const userPart = tagged('type', {
  text: textPart,
  image_url: object({ type: anything, image_url: object({ url: text({ min: 1 }) }, { detail: text() }) }, breakpoint),
  input_audio: object(
    { type: anything, input_audio: object({ data: text({ min: 1 }), format: choice('wav', 'mp3') }) },
    breakpoint,
  ),
  file: object(
    { type: anything, file: object({}, { file_data: text(), file_id: text(), filename: text() }) },
    breakpoint,
  ),
});
const assistantPart = tagged('type', {
  text: textPart,
  refusal: object({ type: anything, refusal: text() }),
});

const toolCall = tagged('type', {
  function: object({ id: text({ min: 1 }), type: anything, function: object({ name: toolName, arguments: text() }) }),
  custom: object({ id: text({ min: 1 }), type: anything, custom: object({ name: toolName, input: text() }) }),
});

const texts = byKind({ string: text(), array: listOf(textPart, { min: 1 }) });
const instruction = object({ role: anything, content: texts }, optional({ name: text() }));
const message = tagged('role', {
  system: instruction,
  developer: instruction,
  user: object(
    { role: anything, content: byKind({ string: text(), array: listOf(userPart, { min: 1 }) }) },
    optional({ name: text() }),
  ),
  assistant: object(
    { role: anything },
    optional({
      content: byKind({ string: text(), array: listOf(assistantPart) }),
      name: text(),
      refusal: text(),
      // Clients hand an answer's message back as it came.
      annotations: listOf(anyObject),
      audio: object({ id: text() }),
      tool_calls: listOf(toolCall, { min: 1 }),
      function_call: object({ name: text(), arguments: text() }),
    }),
  ),
  tool: object({ role: anything, content: texts, tool_call_id: text({ min: 1 }) }),
  function: object({ role: anything, name: text(), content: nullable(text()) }),
});

const tool = tagged('type', {
  function: object({
    type: anything,
    function: object({ name: toolName }, optional({ description: text(), parameters: anyObject, strict: flag })),
  }),
  custom: object({
    type: anything,
    custom: object({ name: toolName }, optional({ description: text(), format: anyObject })),
  }),
});

const toolChoice = byKind({
  string: choice('none', 'auto', 'required'),
  object: tagged('type', {
    function: object({ type: anything, function: object({ name: toolName }) }),
    custom: object({ type: anything, custom: object({ name: toolName }) }),
    allowed_tools: object({
      type: anything,
      allowed_tools: object({ mode: choice('auto', 'required'), tools: listOf(anyObject) }),
    }),
  }),
});

const responseFormat = tagged('type', {
  text: object({ type: anything }),
  json_object: object({ type: anything }),
  json_schema: object({
    type: anything,
    json_schema: object({ name: toolName }, optional({ description: text(), schema: anyObject, strict: flag })),
  }),
});

const stop = byKind({ string: text(), array: listOf(text(), { max: 4 }) });
const model = modelName(/^(gpt|chatgpt|o\d|text-embedding|davinci|babbage|ft:)/);
const streamOptions = object({}, { include_usage: flag, include_obfuscation: flag });

const sampling = {
  temperature: number(0, 2),
  top_p: number(0, 1),
  n: integer(1, 128),
  stop,
  stream: flag,
  stream_options: streamOptions,
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  logit_bias: anyObject,
  seed: integer(Number.MIN_SAFE_INTEGER),
  user: text(),
};

export const chatShape: Shape = withRule(
  object(
    { model, messages: listOf(message, { min: 1 }) },
    optional({
      ...sampling,
      max_completion_tokens: integer(1),
      max_tokens: integer(1),
      logprobs: flag,
      top_logprobs: integer(0, 20),
      tools: listOf(tool, { min: 1, max: 128 }),
      tool_choice: toolChoice,
      parallel_tool_calls: flag,
      functions: listOf(anyObject),
      function_call: anything,
      response_format: responseFormat,
      reasoning_effort: choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
      verbosity: choice('low', 'medium', 'high'),
      modalities: listOf(choice('text', 'audio')),
      audio: object({ voice: anything, format: choice('wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16') }),
      prediction: object({ type: choice('content'), content: texts }),
      web_search_options: anyObject,
      moderation: anyObject,
      service_tier: choice('auto', 'default', 'flex', 'scale', 'priority', 'fast'),
      store: flag,
      metadata: anyObject,
      prompt_cache_key: text(),
      prompt_cache_options: object({}, { mode: choice('implicit', 'explicit'), ttl: text() }),
      prompt_cache_retention: choice('in_memory', '24h'),
      safety_identifier: text(),
    }),
  ),
  (body, path) => streamRule(body, path) ?? toolRule(body, path) ?? reasoningRule(body, path),
);

const streamRule = (body: JsonObject, path: Path): Problem | undefined =>
  body.stream !== true && isObject(body.stream_options)
    ? invalid([...path, 'stream_options'], 'is only allowed when stream is enabled')
    : undefined;

/** A tool message answers a call of the assistant message before it; a choice needs tools. */
const toolRule = (body: JsonObject, path: Path): Problem | undefined => {
  for (const key of ['tool_choice', 'parallel_tool_calls']) {
    if (body[key] !== undefined && body[key] !== null && body.tools === undefined) {
      return invalid([...path, key], 'is only allowed when tools are specified');
    }
  }
  const open = new Set<string>();
  return firstOf(objectsAt(body, 'messages').entries(), ([at, message]) => {
    if (message.role !== 'tool') {
      open.clear();
      for (const call of objectsAt(message, 'tool_calls')) open.add(stringAt(call, 'id') ?? '');
      return undefined;
    }
    return open.delete(stringAt(message, 'tool_call_id') ?? '')
      ? undefined
      : invalid([...path, 'messages', at, 'tool_call_id'], 'does not answer a tool call of the message before');
  });
};

/** Reasoning models refuse the old limit and any sampling. */
const reasoningRule = (body: JsonObject, path: Path): Problem | undefined => {
  if (!/^(o\d|gpt-([5-9]|\d\d))/.test(stringAt(body, 'model') ?? '') || /-chat/.test(stringAt(body, 'model') ?? '')) {
    return undefined;
  }
  if (typeof body.max_tokens === 'number') {
    return invalid([...path, 'max_tokens'], "is not supported with this model; use 'max_completion_tokens'");
  }
  const refuses = body.reasoning_effort !== 'none' && typeof body.temperature === 'number' && body.temperature !== 1;
  return refuses
    ? invalid([...path, 'temperature'], 'supports only the default value of 1 with this model')
    : undefined;
};

/** Texts, tokens, or lists of tokens. */
const prompts = listOf((value, path) =>
  typeof value === 'number'
    ? integer()(value, path)
    : byKind({ string: text(), array: listOf(integer()) })(value, path),
);
const inputs = byKind({ string: text({ min: 1 }), array: listOf(anything, { min: 1, max: 2048 }) });

export const completionShape: Shape = object(
  { model, prompt: byKind({ string: text(), array: prompts }) },
  optional({
    ...sampling,
    best_of: integer(0, 20),
    echo: flag,
    logprobs: integer(0, 5),
    max_tokens: integer(0),
    suffix: text(),
  }),
);

export const embeddingShape: Shape = object(
  { model, input: inputs },
  optional({ dimensions: integer(1, 3072), encoding_format: choice('float', 'base64'), user: text() }),
);
