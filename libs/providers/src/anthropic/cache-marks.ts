import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';
import { type Findings, noteDropped } from './findings.ts';

/** The most cache breakpoints that one request may hold. @source the provider's page "Prompt caching" */
const MAX_MARKS = 4;

/** The cache marker of a part, a message or a tool, whole, ready to be spread into a block. */
export const cacheMark = (from: JsonObject): JsonObject =>
  isObject(from.cache_control) ? { cache_control: from.cache_control } : {};

/** Puts a message's own marker on its last block, unless that block has one. */
export const markLast = (blocks: readonly JsonObject[], message: JsonObject): readonly JsonObject[] => {
  const last = blocks.at(-1);
  if (last === undefined || !isObject(message.cache_control) || !mayBeMarked(last)) return blocks;
  return [...blocks.slice(0, -1), { ...cacheMark(message), ...last }];
};

/** Thinking cannot be a breakpoint. */
const mayBeMarked = (block: JsonObject): boolean => block.type !== 'thinking' && block.type !== 'redacted_thinking';

/** Parts of a request that may hold markers, in the order of the prompt. */
export interface Prompt {
  readonly tools: readonly JsonObject[];
  readonly system: readonly JsonObject[];
  readonly messages: readonly JsonObject[];
}

/**
 * Keeps the last breakpoints of the prompt, as many as a request may hold: the later ones cover the earlier.
 * @param reserved  breakpoints that the request spends elsewhere
 */
export const limitMarks = (prompt: Prompt, reserved: number, findings: Findings): Prompt => {
  const total = countMarks(prompt.tools) + countMarks(prompt.system) + countMarks(prompt.messages);
  let surplus = total - (MAX_MARKS - reserved);
  if (surplus <= 0) return prompt;
  noteDropped(
    findings,
    'cache_control',
    `only the last ${MAX_MARKS - reserved} of ${total} cache breakpoints are kept`,
  );
  const strip = (value: Json): Json => {
    if (surplus <= 0) return value;
    if (isArray(value)) return value.map(strip);
    return isObject(value) ? stripObject(value) : value;
  };
  // Content comes before the block's own marker: a tool result's parts lie before its end.
  const stripObject = (block: JsonObject): JsonObject => {
    const inner = isArray(block.content) ? { ...block, content: block.content.map(strip) } : block;
    if (surplus <= 0 || !isObject(inner.cache_control)) return inner;
    surplus -= 1;
    const { cache_control: _mark, ...rest } = inner;
    return rest;
  };
  return {
    tools: prompt.tools.map(stripObject),
    system: prompt.system.map(stripObject),
    messages: prompt.messages.map(stripObject),
  };
};

const countMarks = (blocks: readonly Json[]): number =>
  blocks.filter(isObject).reduce((sum, block) => {
    const inner = isArray(block.content) ? countMarks(block.content) : 0;
    return sum + inner + (isObject(block.cache_control) ? 1 : 0);
  }, 0);
