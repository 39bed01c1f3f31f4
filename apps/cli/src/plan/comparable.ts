import { isArray, isObject, type Json, type JsonObject, sameJson } from '../json.ts';
import { spelledDeployments } from '../manifest/azure-deployments.ts';
import { comparisonOf } from '../manifest/document.ts';
import type { Comparison, Kind } from '../manifest/kinds.ts';
import { describeSecret } from '../manifest/secret-reference.ts';

/** What nobody set is nothing, however it is written. */
const isNothing = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  (isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** Stands in a current spec for a secret that is there: no more is known of it. */
export const STORED_SECRET = '(stored secret)';

const pick = (value: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => !isNothing(value[name])).map((name) => [name, value[name]]));

const BUDGET = ['credit_limit', 'alert_threshold', 'periodic_reset', 'periodic_reset_days'];
const RATE = ['type', 'unit', 'value'];

const asList = (value: Json): readonly Json[] => (isArray(value) ? value : [value]);
const byText = (list: readonly Json[]): readonly Json[] =>
  list.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

const budgets = (value: Json): Json =>
  byText(asList(value).map((each) => (isObject(each) ? { type: each.type ?? 'cost', ...pick(each, BUDGET) } : each)));

const rates = (value: Json): Json => byText(asList(value).map((each) => (isObject(each) ? pick(each, RATE) : each)));

const instant = (value: Json): Json => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? value : new Date(ms).toISOString();
};

const FORMS: Partial<Record<Comparison, (value: Json) => Json>> = {
  set: (value) => (isArray(value) ? byText(value) : value),
  flag: (value) => value === true || value === 1,
  time: instant,
  budgets,
  rates,
  deployments: spelledDeployments,
};

/** Fields inside of an `open` one that have a form of their own. */
const OPEN_FORMS: Readonly<Record<string, Comparison>> = { allow_config_override: 'flag', next_rotation_at: 'time' };

const form = (comparison: Comparison, value: Json | undefined): Json =>
  value === undefined || isNothing(value) ? null : (FORMS[comparison]?.(value) ?? value);

const openForm = (wanted: Json, value: Json | undefined): Json => {
  if (!isObject(wanted)) return form('plain', value);
  const from = isObject(value) ? value : {};
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, form(OPEN_FORMS[name] ?? 'plain', from[name])]));
};

const flagOrNothing = (value: Json | undefined): Json => form('flag', value ?? false);

/** One field of an object, as both sides are compared and shown. */
export interface Compared {
  readonly name: string;
  readonly comparison: Comparison;
  readonly before: Json;
  readonly after: Json;
  readonly isSame: boolean;
}

const contains = (wanted: Json | undefined, current: Json | undefined): readonly [Json, Json] => {
  const has = isArray(current) ? current : [];
  const wants = isArray(wanted) ? wanted : [];
  return [wants.filter((item) => has.includes(item)), wants];
};

/** A stored secret counts as the one that is wanted, unless it is to be replaced. */
const secretSides = (current: Json | undefined, wanted: Json, rotate: boolean): readonly [Json, Json] => {
  const before = current === STORED_SECRET ? STORED_SECRET : null;
  if (wanted === null) return [before, null];
  const after = describeSecret(wanted);
  return [before !== null && !rotate ? after : before, after];
};

const sides = (comparison: Comparison, current: Json | undefined, wanted: Json | undefined): readonly [Json, Json] => {
  if (comparison === 'contains') return contains(wanted, current);
  if (comparison === 'open' && wanted != null) return [openForm(wanted, current), openForm(wanted, wanted)];
  if (comparison === 'flag') return [flagOrNothing(current), flagOrNothing(wanted)];
  return [form(comparison, current), form(comparison, wanted)];
};

export interface CompareOptions {
  /** Secrets that are there are replaced, which makes them differ. */
  readonly rotateSecrets: boolean;
}

/**
 * The fields that a file names, beside what the platform has. What the file does not name is nobody's business here.
 * @param current  undefined for an object that is not there
 */
export const compare = (
  kind: Kind,
  wanted: JsonObject,
  current: JsonObject | undefined,
  { rotateSecrets }: CompareOptions,
): readonly Compared[] =>
  Object.entries(wanted).flatMap(([name, value]) => {
    const comparison = comparisonOf(kind, wanted, name);
    if (value === undefined || comparison === undefined) return [];
    const [before, after] =
      comparison === 'secret'
        ? secretSides(current?.[name], value, rotateSecrets)
        : sides(comparison, current?.[name], value);
    const isSame = current !== undefined && (comparison === 'note' || sameJson(before, after));
    return [{ name, comparison, before, after, isSame }];
  });
