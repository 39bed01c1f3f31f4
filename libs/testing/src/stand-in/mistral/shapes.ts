import { type JsonObject, objectsAt, stringAt } from '@portolan/rehearsal';
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

const toolId = text({ pattern: /^[a-zA-Z0-9]{9}$/ });
const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,256}$/ });

const textPart = object({ type: anything, text: text() });
const part = tagged('type', {
  text: textPart,
  image_url: object({
    type: anything,
    image_url: byKind({ string: text({ min: 1 }), object: object({ url: text({ min: 1 }) }, { detail: text() }) }),
  }),
  document_url: object({ type: anything, document_url: text({ min: 1 }) }, { document_name: text() }),
  file: object({ type: anything, file_id: text({ min: 1 }) }),
  input_audio: object({ type: anything, input_audio: text({ min: 1 }) }),
  thinking: object({ type: anything, thinking: listOf(textPart) }, { signature: text(), closed: flag }),
  reference: anyObject,
});

const content = byKind({ string: text(), array: listOf(part) });
const message = tagged('role', {
  system: object({ role: anything, content }),
  user: object({ role: anything, content }),
  assistant: object(
    { role: anything },
    {
      content: nullable(content),
      prefix: flag,
      tool_calls: nullable(
        listOf(
          object(
            {
              id: toolId,
              function: object({ name: toolName, arguments: byKind({ string: text(), object: anyObject }) }),
            },
            { type: choice('function'), index: integer() },
          ),
        ),
      ),
    },
  ),
  tool: object({ role: anything, content }, { tool_call_id: toolId, name: text() }),
});

const tool = object(
  { function: object({ name: toolName, parameters: anyObject }, { description: text(), strict: flag }) },
  { type: choice('function') },
);

const model = modelName(/^(mistral|ministral|magistral|codestral|devstral|pixtral|open-|voxtral)/);

export const chatShape: Shape = withRule(
  object(
    { model, messages: listOf(message, { min: 1 }) },
    {
      temperature: number(0, 1.5),
      top_p: number(0, 1),
      max_tokens: integer(),
      n: integer(1),
      stop: byKind({ string: text(), array: listOf(text()) }),
      stream: flag,
      random_seed: integer(),
      presence_penalty: number(-2, 2),
      frequency_penalty: number(-2, 2),
      tools: listOf(tool),
      tool_choice: byKind({
        string: choice('auto', 'none', 'any', 'required'),
        object: object({ function: object({ name: toolName }) }, { type: choice('function') }),
      }),
      parallel_tool_calls: flag,
      response_format: object(
        {},
        {
          type: choice('text', 'json_object', 'json_schema'),
          json_schema: object({ name: text(), schema: anyObject }, { description: text(), strict: flag }),
        },
      ),
      prediction: object({ content: text() }, { type: choice('content') }),
      reasoning_effort: choice('none', 'high'),
      prompt_mode: choice('reasoning'),
      prompt_cache_key: text(),
      safe_prompt: flag,
      document_image_limit: integer(),
      document_page_limit: integer(),
      guardrails: listOf(anyObject),
      metadata: anyObject,
    },
  ),
  (body, path) => turnRule(body, path),
);

/** A conversation ends with the user, a tool, or a prefix to go on from; tool messages answer known calls. */
const turnRule = (body: JsonObject, path: Path): Problem | undefined => {
  const messages = objectsAt(body, 'messages');
  const last = messages.at(-1);
  if (last?.role === 'assistant' && last.prefix !== true) {
    return invalid([...path, 'messages', messages.length - 1], 'must be a user or tool message, or have prefix set');
  }
  const known = new Set<string>();
  return firstOf(messages.entries(), ([at, { tool_calls, role, ...rest }]) => {
    for (const call of objectsAt({ tool_calls }, 'tool_calls')) known.add(stringAt(call, 'id') ?? '');
    const id = stringAt(rest, 'tool_call_id');
    return role === 'tool' && id !== undefined && !known.has(id)
      ? invalid([...path, 'messages', at, 'tool_call_id'], 'answers no tool call')
      : undefined;
  });
};

export const embeddingShape: Shape = object(
  { model, input: byKind({ string: text(), array: listOf(text(), { min: 1 }) }) },
  {
    output_dimension: integer(1, 3072),
    output_dtype: choice('float', 'int8', 'uint8', 'binary', 'ubinary'),
    encoding_format: choice('float', 'base64'),
  },
);
