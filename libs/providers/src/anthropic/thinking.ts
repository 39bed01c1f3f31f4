import { arrayAt, isArray, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import { type Findings, noteDropped, noteReplaced } from './findings.ts';
import type { ClaudeModel } from './models.ts';

/** How hard the model thinks, in the provider's terms. */
export interface Reasoning {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

export interface ReasoningFrame {
  readonly model: ClaudeModel;
  readonly maxTokens: number;
  /** The model has to call a tool. */
  readonly forcedChoice: boolean;
  readonly strict: boolean;
}

/** The smallest budget that the provider takes. */
const MIN_BUDGET_TOKENS = 1024;

/** What the public effort words stand for. */
const EFFORTS: Readonly<Record<string, { readonly effort: string; readonly budgetTokens: number }>> = {
  minimal: { effort: 'low', budgetTokens: 1024 },
  low: { effort: 'low', budgetTokens: 1024 },
  medium: { effort: 'medium', budgetTokens: 8192 },
  high: { effort: 'high', budgetTokens: 16_384 },
  xhigh: { effort: 'xhigh', budgetTokens: 32_768 },
  max: { effort: 'max', budgetTokens: 32_768 },
};
const MEDIUM_BUDGET_TOKENS = 8192;

/** An explicit `thinking` counts before `reasoning_effort`; without either nothing is said. */
export const toReasoning = (body: JsonObject, frame: ReasoningFrame, findings: Findings): Reasoning => {
  const explicit = objectAt(body, 'thinking');
  const effort = stringAt(body, 'reasoning_effort');
  if (explicit === undefined) return effort === undefined ? {} : fromEffort(effort, body, frame, findings);
  if (effort !== undefined) noteDropped(findings, 'reasoning_effort', 'thinking counts before it');
  return fromThinking(explicit, body, frame, findings);
};

/** True when thinking is on; then the provider takes no sampling parameters. */
export const isThinking = ({ thinking }: Reasoning): boolean =>
  thinking?.type === 'enabled' || thinking?.type === 'adaptive';

const fromThinking = (explicit: JsonObject, body: JsonObject, frame: ReasoningFrame, findings: Findings): Reasoning => {
  const { type, budget_tokens, display } = explicit;
  const thinking = Object.fromEntries(
    Object.entries({ type, budget_tokens, display }).filter(([, value]) => value !== undefined),
  );
  const mode = frame.model.thinking;
  if (mode === 'unknown' || type === 'disabled') return { thinking };
  if (mode === 'none') {
    noteDropped(findings, 'thinking', 'the model does not think');
    return {};
  }
  if (type === 'enabled' && mode === 'adaptive') {
    noteReplaced(findings, 'thinking', 'the model chooses its own budget; an effort was sent');
    return {
      thinking: { type: 'adaptive', ...(display === undefined ? {} : { display }) },
      effort: effortOfBudget(numberAt(explicit, 'budget_tokens') ?? MEDIUM_BUDGET_TOKENS),
    };
  }
  if (type === 'adaptive' && mode === 'budget') {
    noteReplaced(findings, 'thinking', 'the model needs a budget; a medium one was sent');
    return budget(MEDIUM_BUDGET_TOKENS, 'thinking', body, frame, findings);
  }
  if (type === 'enabled' && lacksThinkingHistory(body)) {
    noteDropped(findings, 'thinking', 'the last assistant message has tool calls without their thinking');
    return {};
  }
  return { thinking };
};

const fromEffort = (word: string, body: JsonObject, frame: ReasoningFrame, findings: Findings): Reasoning => {
  const { model } = frame;
  const adaptive = model.thinking === 'adaptive' || model.thinking === 'both';
  if (word === 'none') return adaptive ? { thinking: { type: 'disabled' } } : {};
  const wanted = Object.hasOwn(EFFORTS, word) ? EFFORTS[word] : undefined;
  if (wanted === undefined || model.thinking === 'none' || model.thinking === 'unknown') {
    const reason = wanted === undefined ? 'there is no such effort' : 'the model does not think';
    noteDropped(findings, 'reasoning_effort', reason);
    return {};
  }
  if (frame.forcedChoice) {
    noteDropped(findings, 'reasoning_effort', 'a forced tool choice excludes thinking');
    return model.thinksByDefault === true ? { thinking: { type: 'disabled' } } : {};
  }
  const effort = nearestEffort(wanted.effort, model);
  if (!adaptive) {
    const { thinking } = budget(wanted.budgetTokens, 'reasoning_effort', body, frame, findings);
    return { thinking, effort };
  }
  return { thinking: { type: 'adaptive', ...(frame.strict ? {} : { display: 'summarized' }) }, effort };
};

/** Thinking within a budget, which has to leave room for the answer. */
const budget = (
  tokens: number,
  param: string,
  body: JsonObject,
  { maxTokens }: ReasoningFrame,
  findings: Findings,
): Reasoning => {
  if (lacksThinkingHistory(body)) {
    noteDropped(findings, param, 'the last assistant message has tool calls without their thinking');
    return {};
  }
  const budgetTokens = Math.min(tokens, maxTokens - 1);
  if (budgetTokens < MIN_BUDGET_TOKENS) {
    noteDropped(findings, param, `max_tokens leaves less than ${MIN_BUDGET_TOKENS} tokens to think`);
    return {};
  }
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens } };
};

const effortOfBudget = (tokens: number): string =>
  tokens <= 2048 ? 'low' : tokens <= 8192 ? 'medium' : tokens <= 24_576 ? 'high' : 'xhigh';

/** The effort itself if the model has it, else the highest there is; nothing where the model has none. */
const nearestEffort = (effort: string, { efforts }: ClaudeModel): string | undefined =>
  efforts.includes(effort) ? effort : efforts.at(-1);

/** With a budget the provider refuses a history whose last calls came without the thinking that led to them. */
const lacksThinkingHistory = (body: JsonObject): boolean => {
  const last = arrayAt(body, 'messages')
    .filter(isObject)
    .findLast(({ role }) => role === 'assistant');
  if (last === undefined || !isArray(last.tool_calls) || last.tool_calls.length === 0) return false;
  return ![...arrayAt(last, 'content_blocks'), ...arrayAt(last, 'content')].some(
    (block) => isObject(block) && (block.type === 'thinking' || block.type === 'redacted_thinking'),
  );
};
