import { BodyEdit } from '../openai/body-edit.ts';
import { MARKERS, removeMarkers, TOP_LEVEL_EXTENSIONS } from '../openai/extensions.ts';
import { askForUsage } from '../openai/request.ts';
import { isAbsent } from '../params.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import { isObject, type JsonObject } from '../spec/json.ts';
import type { CallContext, UpstreamRequest } from '../spec/provider.ts';
import type { CompatibleEndpoint, CompatibleProvider } from './descriptor.ts';
import { fitFormats } from './formats.ts';
import { fitMessages } from './messages.ts';
import { OPENAI_PARAMETERS } from './parameters.ts';

/** The caller's body in this provider's dialect; the very same object when it is right as it is. */
export const compatibleRequest = (descriptor: CompatibleProvider, endpoint: CompatibleEndpoint) => {
  const fitParameters = parameterFit(descriptor, endpoint);
  const extra = new Set(descriptor.extra);
  // Reasoning in a history has a rule of its own.
  const markers = MARKERS.filter((marker) => marker !== 'reasoning_content' && !extra.has(marker));
  const path = descriptor.endpoints[endpoint] ?? '';
  return (body: JsonObject, ctx: CallContext): UpstreamRequest => {
    const edit = new BodyEdit(body);
    fitParameters(edit);
    if (endpoint === 'chatComplete') {
      removeMarkers(edit, markers);
      fitMessages(edit, descriptor);
      fitFormats(edit, descriptor);
      fitTokenLimit(edit, descriptor);
      fitReasoning(edit, descriptor);
    }
    fitStreamOptions(edit, descriptor, endpoint);
    return {
      path: typeof path === 'string' ? path : path(ctx.options),
      body: edit.body,
      notices: edit.notices,
    };
  };
};

const parameterFit = (descriptor: CompatibleProvider, endpoint: CompatibleEndpoint) => {
  const { id, policy = 'pass', implied = {}, rename = {}, clamp = {}, dropFor = [] } = descriptor;
  const extra = new Set(descriptor.extra);
  const refused = new Set(descriptor.drop);
  const isTaken = (name: string): boolean =>
    extra.has(name) || (policy === 'pass' ? !TOP_LEVEL_EXTENSIONS.has(name) : OPENAI_PARAMETERS[endpoint].has(name));
  const drop = (edit: BodyEdit, name: string) => edit.drop(name, `${id} does not take it`);
  return (edit: BodyEdit): void => {
    const { body } = edit;
    for (const name in body) {
      const value = body[name];
      if (isAbsent(value) || (Object.hasOwn(implied, name) && implied[name] === value)) edit.remove(name);
      else if (refused.has(name) || !isTaken(name)) drop(edit, name);
    }
    const model = edit.get('model');
    for (const { models, drop: names } of dropFor) {
      if (typeof model === 'string' && models.test(model)) for (const name of names) drop(edit, name);
    }
    for (const name in rename) renameParameter(edit, name, rename[name] ?? name);
    for (const name in clamp) clampParameter(edit, name, clamp[name] ?? [-Infinity, Infinity]);
    if (descriptor.hasSingleChoice) requireSingleChoice(edit, id);
  };
};

const renameParameter = (edit: BodyEdit, from: string, into: string): void => {
  const value = edit.get(from);
  if (value === undefined) return;
  edit.remove(from);
  if (edit.get(into) === undefined) edit.set(into, value);
  edit.note({ kind: 'replaced', param: from, reason: `sent as ${into}` });
};

const clampParameter = (edit: BodyEdit, name: string, [min, max]: readonly [number, number]): void => {
  const value = edit.get(name);
  if (typeof value !== 'number') return;
  const moved = Math.min(max, Math.max(min, value));
  if (moved === value) return;
  edit.set(name, moved);
  edit.note({ kind: 'clamped', param: name, reason: `allowed range is ${min} to ${max}` });
};

/** One answer in place of several would break the caller's contract in silence. */
const requireSingleChoice = (edit: BodyEdit, id: string): void => {
  const n = edit.get('n');
  if (typeof n === 'number' && n > 1) throw new UnsupportedValue(`${id} gives one answer only`, 'n');
  edit.remove('n');
};

/** `max_completion_tokens` outranks `max_tokens` where a caller gives both. */
const fitTokenLimit = (edit: BodyEdit, { maxTokens = 'max_tokens' }: CompatibleProvider): void => {
  if (maxTokens === 'as-is') return;
  if (maxTokens === 'max_tokens' && edit.get('max_completion_tokens') !== undefined) edit.remove('max_tokens');
  renameParameter(edit, maxTokens === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens', maxTokens);
};

/** The caller's own native parameters outrank what an effort stands for. */
const fitReasoning = (edit: BodyEdit, { reasoning }: CompatibleProvider): void => {
  const wanted = edit.get('reasoning_effort');
  if (typeof wanted !== 'string' || reasoning === undefined) return;
  const map = typeof reasoning === 'function' ? reasoning(String(edit.get('model'))) : reasoning;
  const sent = Object.hasOwn(map, wanted) ? map[wanted] : undefined;
  if (sent === undefined || sent.reasoning_effort === wanted) return;
  edit.remove('reasoning_effort');
  if (edit.get('thinking') !== undefined) {
    edit.note({ kind: 'dropped', param: 'reasoning_effort', reason: 'thinking outranks it' });
    return;
  }
  for (const [name, value] of Object.entries(sent)) {
    if (value !== undefined && edit.get(name) === undefined) edit.set(name, value);
  }
  const isNothing = Object.keys(sent).length === 0;
  edit.note({
    kind: isNothing ? 'dropped' : 'replaced',
    param: 'reasoning_effort',
    reason: isNothing ? 'no such effort here' : `sent as ${JSON.stringify(sent)}`,
  });
};

const fitStreamOptions = (
  edit: BodyEdit,
  { streamUsage = 'stream_options' }: CompatibleProvider,
  endpoint: CompatibleEndpoint,
): void => {
  const streams = edit.get('stream') === true;
  if (streamUsage === 'stream_options' && streams) askForUsage(edit);
  if (streamUsage === 'always' || streamUsage === 'none') edit.remove('stream_options');
  if (streamUsage === 'usage_include' && endpoint !== 'embed') {
    const usage = edit.get('usage');
    if (!isObject(usage) || usage.include !== true)
      edit.set('usage', { ...(isObject(usage) ? usage : {}), include: true });
  }
};
