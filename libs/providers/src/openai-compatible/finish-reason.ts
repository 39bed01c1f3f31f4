import type { Json } from '../spec/json.ts';

const CANONICAL: ReadonlySet<string> = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** What else a choice says about its end. */
export interface FinishClues {
  readonly hasCalls: boolean;
  readonly strict: boolean;
  readonly known: Readonly<Record<string, string>>;
}

/**
 * The finish reason of a finished choice. Strict: one of OpenAI's; an unknown or missing one counts as `stop`, and a
 * stop after tool calls as `tool_calls`. Otherwise the provider's word.
 */
export const finishReason = (given: Json | undefined, { hasCalls, strict, known }: FinishClues): string => {
  const word = typeof given === 'string' && given !== '' ? given : undefined;
  if (!strict && word !== undefined) return word;
  if (word !== undefined && CANONICAL.has(word) && word !== 'stop') return word;
  const mapped = word !== undefined && Object.hasOwn(known, word) ? (known[word] ?? 'stop') : 'stop';
  return mapped === 'stop' && hasCalls ? 'tool_calls' : mapped;
};
