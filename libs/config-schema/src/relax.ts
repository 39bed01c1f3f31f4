import { DEFAULT_CACHE_AGE_SECONDS, isCacheAge } from './cache.ts';
import { MIN_COOLDOWN_MS } from './circuit-breaker.ts';
import { isArray, isObject, type Json, type JsonObject, own, without } from './json.ts';
import { MAX_RETRY_ATTEMPTS } from './retry.ts';

/** Written by hand in a request header, or stored after a review. Saved configs are held to more. */
export type ConfigSource = 'inline' | 'saved';

/** A change the lenient rules made, for the author of the config. */
export interface Notice {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Rule {
  readonly field: string;
  /** Undefined takes the field away; the same value leaves it. */
  readonly change: (value: Json, source: ConfigSource) => Json | undefined;
  readonly notice?: string;
}

const isTimeout = (value: Json): boolean => Number.isSafeInteger(value) && Number(value) > 0;

const timeoutRule = (field: string): Rule => ({
  field,
  change: (value) => (isTimeout(value) ? value : undefined),
  notice: `'${field}' is not a positive whole number of milliseconds and is ignored.`,
});

const changedAt = (object: Json, key: string, change: (value: number) => number): Json => {
  if (!isObject(object)) return object;
  const value = own(object, key);
  if (typeof value !== 'number') return object;
  const changed = change(value);
  return changed === value ? object : { ...object, [key]: changed };
};

const raisedCooldown = (value: Json): Json =>
  changedAt(value, 'cooldown_interval', (interval) => Math.max(interval, MIN_COOLDOWN_MS));

const clampedAttempts = (attempts: number): number =>
  Number.isInteger(attempts) ? Math.min(Math.max(attempts, 0), MAX_RETRY_ATTEMPTS) : attempts;

const COOLDOWN_NOTICE = `'cooldown_interval' is raised to ${MIN_COOLDOWN_MS} milliseconds.`;

const RULES: readonly Rule[] = [
  timeoutRule('request_timeout'),
  timeoutRule('total_timeout'),
  timeoutRule('first_token_timeout'),
  timeoutRule('stream_idle_timeout'),
  { field: 'cache', change: (value) => (typeof value === 'string' ? { mode: value } : value) },
  {
    field: 'cache',
    change: (value) => changedAt(value, 'max_age', (age) => (isCacheAge(age) ? age : DEFAULT_CACHE_AGE_SECONDS)),
    notice: `'max_age' is out of bounds; ${DEFAULT_CACHE_AGE_SECONDS} seconds are used.`,
  },
  {
    field: 'retry',
    change: (value, source) => (source === 'inline' ? changedAt(value, 'attempts', clampedAttempts) : value),
    notice: `'attempts' is brought within 0 to ${MAX_RETRY_ATTEMPTS}.`,
  },
  { field: 'cb_config', change: raisedCooldown, notice: COOLDOWN_NOTICE },
  {
    field: 'strategy',
    change: (value) => {
      if (!isObject(value)) return value;
      const breaker = own(value, 'cb_config');
      const raised = breaker === undefined ? undefined : raisedCooldown(breaker);
      return raised === breaker ? value : { ...value, cb_config: raised };
    },
    notice: COOLDOWN_NOTICE,
  },
];

/**
 * Applies the rules that correct a value instead of refusing it, on every node.
 * @param node  nested within the limits of `limits.ts`
 * @returns     the corrected copy, and what was corrected
 */
export const relax = (
  node: JsonObject,
  source: ConfigSource,
  path: readonly PropertyKey[] = [],
): { readonly node: JsonObject; readonly notices: readonly Notice[] } => {
  const notices: Notice[] = [];
  let relaxed = node;
  for (const { field, change, notice } of RULES) {
    const value = own(relaxed, field);
    if (value === undefined) continue;
    const changed = change(value, source);
    if (changed === value) continue;
    relaxed = changed === undefined ? without(relaxed, field) : { ...relaxed, [field]: changed };
    if (notice !== undefined) notices.push({ path: [...path, field], message: notice });
  }
  const targets = own(relaxed, 'targets');
  if (!isArray(targets)) return { node: relaxed, notices };
  const children = targets.map((target, index) => {
    if (!isObject(target)) return target;
    const child = relax(target, source, [...path, 'targets', index]);
    notices.push(...child.notices);
    return child.node;
  });
  return { node: { ...relaxed, targets: children }, notices };
};
