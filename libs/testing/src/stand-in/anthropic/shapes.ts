import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from '@portolan/rehearsal';
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
  number,
  object,
  type Path,
  type Problem,
  type Shape,
  tagged,
  text,
  withRule,
} from '../shape.ts';

const cached = { cache_control: object({ type: choice('ephemeral') }, { ttl: choice('5m', '1h') }) };

const textBlock = object({ type: anything, text: text({ min: 1, pattern: /\S/ }) }, { ...cached, citations: anything });
const source = tagged('type', {
  base64: object({ type: anything, media_type: text(), data: text({ min: 1 }) }),
  url: object({ type: anything, url: text({ pattern: /^https?:\/\// }) }),
  file: object({ type: anything, file_id: text({ min: 1 }) }),
  text: object({ type: anything, media_type: choice('text/plain'), data: text() }),
});
const image = object({ type: anything, source }, cached);
const document = object(
  { type: anything, source },
  { ...cached, title: text(), context: text(), citations: anyObject },
);
const toolId = text({ pattern: /^[a-zA-Z0-9_-]+$/ });
const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ });

const userBlock = tagged('type', {
  text: textBlock,
  image,
  document,
  tool_result: object(
    { type: anything, tool_use_id: toolId },
    {
      ...cached,
      is_error: flag,
      content: byKind({ string: text(), array: listOf(tagged('type', { text: textBlock, image, document })) }),
    },
  ),
});

const assistantBlock = tagged('type', {
  text: textBlock,
  thinking: object({ type: anything, thinking: text(), signature: text({ min: 1 }) }),
  redacted_thinking: object({ type: anything, data: text({ min: 1 }) }),
  tool_use: object({ type: anything, id: toolId, name: toolName, input: anyObject }, cached),
  server_tool_use: anyObject,
  web_search_tool_result: anyObject,
});

const blocksOr = (block: Shape): Shape => byKind({ string: text({ min: 1 }), array: listOf(block, { min: 1 }) });

const message = tagged('role', {
  user: object({ role: anything, content: blocksOr(userBlock) }),
  assistant: object({ role: anything, content: blocksOr(assistantBlock) }),
});

const inputSchema: Shape = (value, path) =>
  anyObject(value, path) ??
  (isObject(value) && value.type === 'object' ? undefined : invalid([...path, 'type'], "must be 'object'"));

const customTool = object(
  { name: toolName, input_schema: inputSchema },
  {
    ...cached,
    type: choice('custom'),
    description: text(),
    strict: flag,
    defer_loading: flag,
    allowed_callers: listOf(text()),
    input_examples: listOf(anyObject),
    eager_input_streaming: flag,
  },
);
/** A tool that runs at the provider has a dated type and its own fields. */
const tool: Shape = (value, path) =>
  isObject(value) && /_\d{8}$/.test(stringAt(value, 'type') ?? '') ? anyObject(value, path) : customTool(value, path);

const parallel = { disable_parallel_tool_use: flag };
const toolChoice = tagged('type', {
  auto: object({ type: anything }, parallel),
  any: object({ type: anything }, parallel),
  none: object({ type: anything }),
  tool: object({ type: anything, name: toolName }, parallel),
});

const thinking = tagged('type', {
  enabled: object({ type: anything, budget_tokens: integer(1024) }, { display: text() }),
  adaptive: object({ type: anything }, { display: text() }),
  disabled: object({ type: anything }),
});

const prompt = {
  model: modelName(/^claude-/),
  messages: listOf(message, { min: 1 }),
};

const shared = {
  system: byKind({ string: text(), array: listOf(textBlock) }),
  tools: listOf(tool),
  tool_choice: toolChoice,
  thinking,
  output_config: object(
    {},
    {
      effort: choice('low', 'medium', 'high', 'xhigh', 'max'),
      format: object({ type: choice('json_schema'), schema: anyObject }),
    },
  ),
  context_management: anyObject,
  mcp_servers: listOf(anyObject),
  ...cached,
};

export const messagesShape: Shape = withRule(
  object(
    { ...prompt, max_tokens: integer(1, 128_000) },
    {
      ...shared,
      temperature: number(0, 1),
      top_p: number(0, 1),
      top_k: integer(),
      stop_sequences: listOf(text({ pattern: /\S/ })),
      stream: flag,
      metadata: object({}, { user_id: text({ max: 512 }) }),
      service_tier: choice('auto', 'standard_only'),
      container: anything,
      inference_geo: text(),
      speed: choice('standard', 'fast'),
    },
  ),
  (body, path) => turnRule(body, path) ?? thinkingRule(body, path),
);

export const countShape: Shape = object(prompt, shared);

/** The first turn is the user's; every tool result answers a call of the turn before, and every call is answered. */
const turnRule = (body: JsonObject, path: Path): Problem | undefined => {
  const messages = objectsAt(body, 'messages');
  if (messages[0]?.role !== 'user') return invalid([...path, 'messages', 0, 'role'], "must be 'user'");
  const turns = mergedTurns(messages);
  return firstOf(turns.entries(), ([at, turn]) => {
    const calls = at === 0 ? [] : idsOf(turns[at - 1]?.blocks ?? [], 'tool_use', 'id');
    const results = idsOf(turn.blocks, 'tool_result', 'tool_use_id');
    const here = [...path, 'messages', turn.at, 'content'];
    if (results.some((id) => !calls.includes(id))) return invalid(here, 'has a tool_result without its tool_use');
    if (turn.role === 'user' && calls.some((id) => !results.includes(id))) {
      return invalid(here, 'must answer every tool_use of the previous message');
    }
    const late = turn.blocks.findLastIndex((block) => block.type === 'tool_result') >= results.length;
    return late ? invalid(here, 'must have its tool_result blocks first') : undefined;
  });
};

const mergedTurns = (messages: readonly JsonObject[]) => {
  const turns: { readonly at: number; readonly role: unknown; readonly blocks: JsonObject[] }[] = [];
  for (const [at, { role, ...rest }] of messages.entries()) {
    const last = turns.at(-1);
    const blocks = objectsAt(rest, 'content');
    if (last?.role === role && last !== undefined) last.blocks.push(...blocks);
    else turns.push({ at, role, blocks: [...blocks] });
  }
  return turns;
};

const idsOf = (blocks: readonly JsonObject[], type: string, key: string): string[] =>
  blocks.flatMap((block) => (block.type === type ? [stringAt(block, key) ?? ''] : []));

const thinkingRule = (body: JsonObject, path: Path): Problem | undefined => {
  const mode = objectAt(body, 'thinking');
  if (mode?.type !== 'enabled' && mode?.type !== 'adaptive') return undefined;
  const budget = numberAt(mode, 'budget_tokens') ?? 0;
  if (budget >= (numberAt(body, 'max_tokens') ?? 0))
    return invalid([...path, 'max_tokens'], 'must exceed the thinking budget');
  if (body.temperature !== undefined && body.temperature !== 1) {
    return invalid([...path, 'temperature'], 'may only be 1 when thinking is enabled');
  }
  const choiceType = objectAt(body, 'tool_choice')?.type;
  return choiceType === 'any' || choiceType === 'tool'
    ? invalid([...path, 'tool_choice'], 'may not force a tool when thinking is enabled')
    : undefined;
};
