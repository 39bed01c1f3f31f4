import type { JsonObject } from '../spec/json.ts';

/** The parameters that stand for a public effort; an empty object sends nothing, an absent word goes as it came. */
export type ReasoningMap = Readonly<Record<string, JsonObject>>;

type Row = readonly [
  none: JsonObject,
  minimal: JsonObject,
  low: JsonObject,
  medium: JsonObject,
  high: JsonObject,
  xhigh: JsonObject,
  max: JsonObject,
];

const map = ([none, minimal, low, medium, high, xhigh, max]: Row): ReasoningMap =>
  Object.freeze({ none, minimal, low, medium, high, xhigh, max });

const effort = (reasoning_effort: string): JsonObject => ({ reasoning_effort });
const thinking = (type: string): JsonObject => ({ thinking: { type } });
const budget = (thinking_budget: number): JsonObject => ({ enable_thinking: true, thinking_budget });

const [low, medium, high, top] = [effort('low'), effort('medium'), effort('high'), effort('max')];

/** Low, medium and high only; no way to switch reasoning off. */
export const effortLowToHigh = map([{}, low, low, medium, high, high, high]);

/** The same with `none`. */
export const effortNoneToHigh = map([effort('none'), low, low, medium, high, high, high]);

/** The same with one step above high. */
export const effortNoneToXhigh = map([effort('none'), low, low, medium, high, effort('xhigh'), effort('xhigh')]);

/** DeepSeek: off by `thinking`, one step above high. */
export const deepSeekEffort = map([thinking('disabled'), low, low, medium, high, top, top]);

/** Moonshot: off by `thinking`, three steps. */
export const moonshotEffort = map([thinking('disabled'), low, low, high, high, top, top]);

const on = thinking('enabled');
/** Reasoning is on or off, by `thinking`. */
export const thinkingToggle = map([thinking('disabled'), on, on, on, on, on, on]);

const enabled: JsonObject = { enable_thinking: true };
/** Reasoning is on or off, by `enable_thinking`. */
export const enableThinkingToggle = map([
  { enable_thinking: false },
  enabled,
  enabled,
  enabled,
  enabled,
  enabled,
  enabled,
]);

/** A budget of tokens. */
export const thinkingBudget = map([
  { enable_thinking: false },
  budget(1024),
  budget(1024),
  budget(8192),
  budget(16_384),
  budget(32_768),
  budget(32_768),
]);

const nested = (value: string): JsonObject => ({ reasoning: { effort: value } });
/** The effort inside a `reasoning` object. */
export const nestedEffort = map([
  nested('none'),
  nested('minimal'),
  nested('low'),
  nested('medium'),
  nested('high'),
  nested('xhigh'),
  nested('xhigh'),
]);
