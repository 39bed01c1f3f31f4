import { createHash } from 'node:crypto';
import { countTokens, sampleOf, wordsOf } from '@portolan/rehearsal';
import type { Ask } from './dialect.ts';
import type { ScriptedWords, WordUsage } from './script.ts';

/** What a stand-in says to one request, before it takes the provider's shape. */
export interface Said {
  /** Hexadecimal, for ids; equal for equal conversations. */
  readonly mark: string;
  readonly model: string;
  readonly thinking: string;
  /** The text in the pieces of a stream. */
  readonly pieces: readonly string[];
  readonly toolCalls: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[];
  readonly finish: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  readonly usage: WordUsage;
}

/** The scripted words, and where there are none: tool calls the user named, JSON that was asked for, or an echo. */
export const say = (ask: Ask, scripted: ScriptedWords): Said => {
  const toolCalls = scripted.toolCalls ?? (scripted.text === undefined ? calledTools(ask) : []);
  const words = wordsOf(scripted.text ?? (toolCalls.length > 0 ? '' : ownText(ask)));
  const pieces = words.slice(0, ask.maxTokens ?? words.length);
  const cut = pieces.length < words.length ? 'length' : 'stop';
  const spoken = [...pieces, ...toolCalls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`)];
  return {
    mark: createHash('sha256').update(`${ask.model}\n${ask.promptText}`).digest('hex').slice(0, 24),
    model: scripted.model ?? ask.model,
    thinking: scripted.thinking ?? '',
    pieces,
    toolCalls,
    finish: scripted.finish ?? (toolCalls.length > 0 ? 'tool_calls' : cut),
    usage: {
      promptTokens: countTokens(ask.promptText),
      completionTokens: countTokens(spoken.join(' ')) + countTokens(scripted.thinking ?? ''),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: countTokens(scripted.thinking ?? ''),
      ...scripted.usage,
    },
  };
};

const ownText = (ask: Ask): string => {
  if (ask.jsonSchema !== undefined) return JSON.stringify(sampleOf({ type: 'object', ...ask.jsonSchema }));
  return ask.toolResult === undefined ? `You said: ${ask.userText}` : `The tool said: ${ask.toolResult}`;
};

const calledTools = (ask: Ask): Said['toolCalls'] => {
  const { toolChoice, tools } = ask;
  if (toolChoice === 'none' || ask.toolResult !== undefined) return [];
  const named =
    typeof toolChoice === 'object'
      ? tools.filter((tool) => tool.name === toolChoice.name)
      : tools.filter((tool) => ask.userText.includes(tool.name));
  const called = named.length === 0 && toolChoice === 'required' ? tools.slice(0, 1) : named;
  return called.map(({ name, schema }) => ({ name, arguments: argumentsOf(schema) }));
};

const argumentsOf = (schema: Ask['jsonSchema']): Readonly<Record<string, unknown>> => {
  const sample = sampleOf({ type: 'object', ...schema });
  return typeof sample === 'object' && sample !== null && !Array.isArray(sample) ? { ...sample } : {};
};
