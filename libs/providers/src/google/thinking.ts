import { isAbsent } from '../params.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import type { GeminiModel } from './model.ts';

type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

/** How a model's thinking is steered. */
type Control =
  | { readonly by: 'budget'; readonly min: number; readonly max: number; readonly canBeOff: boolean }
  | { readonly by: 'level'; readonly levels: readonly Level[] };

const FROM_MINIMAL: readonly Level[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];
const FROM_LOW: readonly Level[] = ['LOW', 'MEDIUM', 'HIGH'];

const BUDGETS: Readonly<Record<GeminiModel['size'], Control>> = {
  pro: { by: 'budget', min: 128, max: 32768, canBeOff: false },
  flash: { by: 'budget', min: 1, max: 24576, canBeOff: true },
  'flash-lite': { by: 'budget', min: 512, max: 24576, canBeOff: true },
  other: { by: 'budget', min: 1, max: 24576, canBeOff: true },
};

/** @source Gemini API guide, "Thinking": budgets up to 2.5, levels from 3 on */
const controlOf = (model: GeminiModel): Control | undefined => {
  if (!model.isAtLeast(2, 5)) return undefined;
  if (!model.isAtLeast(3)) return model.isMediaOnly ? undefined : BUDGETS[model.size];
  if (model.size === 'flash-lite') return { by: 'level', levels: FROM_MINIMAL };
  if (model.size === 'flash') return { by: 'level', levels: model.isAtLeast(3, 7) ? FROM_LOW : FROM_MINIMAL };
  if (model.size === 'pro' && !model.isAtLeast(3, 1)) return { by: 'level', levels: ['LOW', 'HIGH'] };
  return { by: 'level', levels: FROM_LOW };
};

const BUDGET_BY_EFFORT: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24576,
  xhigh: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
};

const LEVEL_BY_EFFORT: Readonly<Record<string, Level>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

const DYNAMIC_BUDGET = -1;

type Note = (notice: Notice) => void;

/** `thinkingConfig` for a body, or undefined when nothing steers it. `thinking` wins over `reasoning_effort`. */
export const thinkingConfigOf = (
  body: JsonObject,
  model: GeminiModel,
  strict: boolean,
  note: Note,
): JsonObject | undefined => {
  const asked = (['thinking', 'reasoning_effort'] as const).filter((name) => !isAbsent(body[name]));
  const param = asked[0];
  if (param === undefined) return undefined;
  if (asked.length > 1) note({ kind: 'dropped', param: 'reasoning_effort', reason: 'thinking decides' });
  const control = controlOf(model);
  const thinking = objectAt(body, 'thinking');
  if (control === undefined) {
    if (thinking?.type !== 'disabled' && body[param] !== 'none') {
      note({ kind: 'dropped', param, reason: `${model.id} does not think` });
    }
    return undefined;
  }
  if (param === 'reasoning_effort') return byEffort(stringAt(body, param) ?? '', param, control, strict, note);
  return thinking === undefined ? undefined : byThinking(thinking, control, note);
};

const byEffort = (
  effort: string,
  param: string,
  control: Control,
  strict: boolean,
  note: Note,
): JsonObject | undefined => {
  const amount = amountOf(effort, param, control, note);
  if (amount === undefined) return undefined;
  return effort === 'none' || strict ? amount : { ...amount, includeThoughts: true };
};

const amountOf = (effort: string, param: string, control: Control, note: Note): JsonObject | undefined => {
  if (!Object.hasOwn(LEVEL_BY_EFFORT, effort)) {
    note({ kind: 'dropped', param, reason: 'not an effort this provider knows' });
    return undefined;
  }
  if (control.by === 'level') {
    const level = nearestLevel(LEVEL_BY_EFFORT[effort] ?? 'HIGH', control.levels);
    if (effort === 'none' || level !== LEVEL_BY_EFFORT[effort]) {
      note({ kind: 'replaced', param, reason: `the nearest this model has is ${level}` });
    }
    return { thinkingLevel: level };
  }
  const wanted = BUDGET_BY_EFFORT[effort] ?? control.max;
  const budget = wanted === 0 && control.canBeOff ? 0 : Math.min(control.max, Math.max(control.min, wanted));
  if (wanted === 0 && budget !== 0) note({ kind: 'replaced', param, reason: 'this model cannot stop thinking' });
  return { thinkingBudget: budget };
};

/** The level itself, else the next higher one the model has. */
const nearestLevel = (wanted: Level, levels: readonly Level[]): Level =>
  levels.find((level) => FROM_MINIMAL.indexOf(level) >= FROM_MINIMAL.indexOf(wanted)) ?? 'HIGH';

const byThinking = (thinking: JsonObject, control: Control, note: Note): JsonObject | undefined => {
  switch (thinking.type) {
    case 'disabled':
      return { ...amountOf('none', 'thinking', control, note), includeThoughts: false };
    case 'adaptive':
      return { ...(control.by === 'budget' ? { thinkingBudget: DYNAMIC_BUDGET } : {}), includeThoughts: true };
    case 'enabled':
      return { ...budgetOf(numberAt(thinking, 'budget_tokens'), control, note), includeThoughts: true };
    default:
      note({ kind: 'dropped', param: 'thinking', reason: 'known types are enabled, disabled and adaptive' });
      return undefined;
  }
};

/** Models that are steered by levels still take a budget. */
const budgetOf = (wanted: number | undefined, control: Control, note: Note): JsonObject => {
  if (wanted === undefined) return {};
  if (control.by === 'level' || wanted === DYNAMIC_BUDGET || (wanted === 0 && control.canBeOff)) {
    return { thinkingBudget: wanted };
  }
  const budget = Math.min(control.max, Math.max(control.min, wanted));
  if (budget !== wanted) {
    const reason = `allowed range is ${control.min} to ${control.max}`;
    note({ kind: 'clamped', param: 'thinking.budget_tokens', reason });
  }
  return { thinkingBudget: budget };
};
