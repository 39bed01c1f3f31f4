import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';
import { type BodyEdit, mapShared } from './body-edit.ts';

/** Parameters of other providers that callers may write at the top level of any body. */
export const TOP_LEVEL_EXTENSIONS: ReadonlySet<string> = new Set([
  'thinking',
  'safety_settings',
  'cached_content',
  'labels',
  'media_resolution',
  'image_config',
  'guardrail_config',
  'guardrailConfig',
  'additional_model_request_fields',
  'additionalModelRequestFields',
  'additional_model_response_field_paths',
  'performance_config',
  'request_metadata',
  'anthropic_beta',
  'anthropic_version',
  'documents',
  'citation_options',
  'safety_mode',
  'strict_tools',
  'safe_prompt',
  'safe_mode',
  'prompt_mode',
  'input_type',
  'task_type',
  'truncate',
]);

/** Marks inside messages and tools that only some providers read. */
export type Marker = 'cache_control' | 'content_blocks' | 'is_error' | 'thought_signature' | 'reasoning_content';

export const MARKERS: readonly Marker[] = [
  'cache_control',
  'content_blocks',
  'is_error',
  'thought_signature',
  'reasoning_content',
];

/**
 * Takes marks out of messages and tools. One walk that copies nothing and stops at the first find; only then
 * the copying walk. Most bodies have none, and this runs for each request.
 * @param markers  the marks that this provider must not see
 */
export const removeMarkers = (edit: BodyEdit, markers: readonly Marker[]): void => {
  const messages = edit.get('messages');
  if (isArray(messages) && messages.some((message) => isMarked(message, markers))) {
    edit.set(
      'messages',
      mapShared(messages, (message) => unmarkedMessage(message, markers)),
    );
    for (const marker of markers) {
      if (messages.some((message) => isMarked(message, [marker]))) noteRemoved(edit, marker);
    }
  }
  const tools = edit.get('tools');
  if (isArray(tools) && tools.some((tool) => hasMarker(tool, markers))) {
    edit.set(
      'tools',
      mapShared(tools, (tool) => without(tool, markers)),
    );
    if (!edit.notices.some(({ param }) => param === 'cache_control')) noteRemoved(edit, 'cache_control');
  }
};

const noteRemoved = (edit: BodyEdit, param: Marker): void =>
  edit.note({ kind: 'dropped', param, reason: 'only other providers read this mark' });

const hasMarker = (value: Json | undefined, markers: readonly Marker[]): boolean => {
  if (!isObject(value)) return false;
  for (const marker of markers) if (value[marker] !== undefined) return true;
  return false;
};

const isMarked = (message: Json, markers: readonly Marker[]): boolean => {
  if (!isObject(message)) return false;
  if (hasMarker(message, markers)) return true;
  const { content, tool_calls: calls } = message;
  if (isArray(content)) {
    for (const part of content) {
      if (hasMarker(part, markers)) return true;
      if (isThinking(part) && markers.includes('content_blocks')) return true;
    }
  }
  if (isArray(calls)) {
    for (const call of calls) {
      if (isObject(call) && (hasMarker(call, markers) || hasMarker(call.function, markers))) return true;
    }
  }
  return false;
};

const isThinking = (part: Json): boolean =>
  isObject(part) && (part.type === 'thinking' || part.type === 'redacted_thinking');

const unmarkedMessage = (message: Json, markers: readonly Marker[]): Json => {
  if (!isObject(message) || !isMarked(message, markers)) return message;
  const rest = without(message, markers);
  return {
    ...rest,
    ...(isArray(rest.content) ? { content: unmarkedParts(rest.content, markers) } : {}),
    ...(isArray(rest.tool_calls) ? { tool_calls: rest.tool_calls.map((call) => unmarkedCall(call, markers)) } : {}),
  };
};

const unmarkedParts = (parts: readonly Json[], markers: readonly Marker[]): readonly Json[] =>
  parts
    .filter((part) => !(isThinking(part) && markers.includes('content_blocks')))
    .map((part) => without(part, markers));

const unmarkedCall = (call: Json, markers: readonly Marker[]): Json => {
  if (!isObject(call)) return call;
  const rest = without(call, markers);
  return isObject(rest.function) ? { ...rest, function: without(rest.function, markers) } : rest;
};

function without(value: JsonObject, markers: readonly Marker[]): JsonObject;
function without(value: Json, markers: readonly Marker[]): Json;
function without(value: Json, markers: readonly Marker[]): Json {
  if (!isObject(value) || !hasMarker(value, markers)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !markers.some((marker) => marker === name)));
}
