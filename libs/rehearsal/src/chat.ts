import { createHash } from 'node:crypto';
import { type JsonObject, numberAt, objectAt, objectsAt } from './json.ts';
import { lastOf, textOf } from './messages.ts';
import { sampleOf } from './schema-sample.ts';
import { type ToolCall, toolCallsFor } from './tool-calls.ts';
import { countTokens, repeatedTo, wordsOf } from './words.ts';

/** What the rehearsal provider says to one request, before it takes a wire shape. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  readonly choices: number;
  /** The text in the pieces a stream would send; empty when tools are called. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const MAX_CHOICES = 16;

/** The same request always gets the same reply. @param pieces how many pieces of text to send, when asked for */
export const chatReply = (request: JsonObject, model: string, pieces: number | undefined): Reply => {
  const messages = objectsAt(request, 'messages');
  const mark = markOf(request);
  const userText = textOf(lastOf(messages, 'user'));
  const answersTool = messages.at(-1)?.role === 'tool';
  const toolCalls = answersTool ? [] : toolCallsFor(request, userText, (at) => `call_${mark}${at}`);
  const promptTokens = messages.reduce((sum, message) => sum + countTokens(textOf(message)), 0);
  const choices = choicesOf(request);
  const base = { id: `chatcmpl-${mark}`, model, choices, promptTokens };
  if (toolCalls.length > 0) {
    const completionTokens = toolCalls.reduce((sum, call) => sum + countTokens(`${call.name} ${call.input}`), 0);
    return { ...base, pieces: [], toolCalls, finishReason: 'tool_calls', completionTokens: completionTokens * choices };
  }
  const text =
    structuredText(request) ?? (answersTool ? `The tool answered: ${textOf(messages.at(-1))}` : friendlyText(userText));
  return { ...base, toolCalls, ...spoken(request, text, pieces, choices) };
};

/** The reply to a plain text completion. */
export const completionReply = (
  request: JsonObject,
  prompt: string,
  model: string,
  pieces: number | undefined,
): Reply => {
  const choices = choicesOf(request);
  const base = { id: `cmpl-${markOf(request)}`, model, choices, promptTokens: countTokens(prompt), toolCalls: [] };
  return { ...base, ...spoken(request, friendlyText(prompt), pieces, choices) };
};

const friendlyText = (heard: string): string =>
  heard.trim() === ''
    ? 'Hello from the rehearsal provider.'
    : `Hello from the rehearsal provider. You said: ${heard.trim()}`;

const structuredText = (request: JsonObject): string | undefined => {
  const format = objectAt(request, 'response_format');
  if (format?.type === 'json_object') return JSON.stringify({ rehearsal: true });
  if (format?.type !== 'json_schema') return undefined;
  return JSON.stringify(sampleOf(objectAt(format, 'json_schema')?.schema));
};

type Spoken = Pick<Reply, 'pieces' | 'finishReason' | 'completionTokens'>;

const spoken = (request: JsonObject, text: string, pieces: number | undefined, choices: number): Spoken => {
  const all = wordsOf(pieces === undefined ? text : repeatedTo(pieces, text));
  const limit = numberAt(request, 'max_completion_tokens') ?? numberAt(request, 'max_tokens') ?? all.length;
  const said = all.slice(0, Math.max(0, limit));
  return {
    pieces: said,
    finishReason: said.length < all.length ? 'length' : 'stop',
    completionTokens: said.length * choices,
  };
};

const choicesOf = (request: JsonObject): number => Math.min(Math.max(1, numberAt(request, 'n') ?? 1), MAX_CHOICES);

const markOf = (request: JsonObject): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
