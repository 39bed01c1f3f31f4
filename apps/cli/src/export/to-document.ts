import { providerFields } from '@portolan/credential-rules';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { spelledDeployments } from '../manifest/azure-deployments.ts';
import { comparisonOfSetting } from '../manifest/document.ts';
import { type Comparison, KINDS, type Kind } from '../manifest/kinds.ts';
import { replaceReferences } from '../manifest/references.ts';
import { STORED_SECRET } from '../plan/comparable.ts';
import type { Current } from '../plan/object.ts';

export interface ExportedDocument {
  readonly kind: Kind;
  readonly name: string;
  readonly spec: JsonObject;
}

const isNothing = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  (isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

const pick = (from: Json, names: readonly string[]): Json =>
  isObject(from)
    ? Object.fromEntries(names.filter((name) => !isNothing(from[name])).map((name) => [name, from[name]]))
    : from;

const each = (value: Json, names: readonly string[]): Json =>
  isArray(value) ? value.map((inner) => pick(inner, names)) : pick(value, names);

const BUDGET = ['type', 'credit_limit', 'alert_threshold', 'periodic_reset', 'periodic_reset_days'];
const RATE = ['type', 'unit', 'value'];
/** What may be told of open fields: the rest is what the platform keeps count of. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  defaults: [
    'metadata',
    'config_id',
    'allow_config_override',
    'input_guardrails',
    'output_guardrails',
    'user_api_key_config',
  ],
  rotation_policy: ['rotation_period', 'rotation_period_days', 'key_transition_period_ms'],
};

/** A key lets its config be overridden unless it says otherwise. */
const withoutUsual = (value: Json): Json =>
  isObject(value) && value.allow_config_override === true ? { ...value, allow_config_override: null } : value;

const FORMS: Partial<Record<Comparison, (value: Json, name: string) => Json>> = {
  budgets: (value) => each(value, BUDGET),
  rates: (value) => each(value, RATE),
  open: (value, name) => pick(withoutUsual(value), OPEN[name] ?? []),
  deployments: spelledDeployments,
  flag: (value) => (value === 1 || value === true ? true : null),
};

/** `openai-prod` and `key` as `OPENAI_PROD_KEY`. */
const variableName = (name: string, field: string): string =>
  `${name}_${field}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();

const comparisons = (kind: Kind, spec: JsonObject): readonly (readonly [string, Comparison])[] => {
  const fields: Readonly<Record<string, Comparison>> = KINDS[kind].fields;
  const settings = kind === 'VirtualKey' ? providerFields(String(spec.provider)).fields : [];
  return [
    ...Object.entries(fields),
    ...settings.map((setting) => [setting.name, comparisonOfSetting(setting)] as const),
  ];
};

const fieldOf = (object: Current, name: string, comparison: Comparison): Json => {
  const value = object.spec[name] ?? null;
  if (comparison === 'secret') return value === STORED_SECRET ? { from_env: variableName(object.name, name) } : null;
  const form = FORMS[comparison];
  return value === null || form === undefined ? value : form(value, name);
};

/** A chat template as the list of messages that it is, when that says exactly the same. */
const readableTemplate = (value: Json): Json => {
  if (typeof value !== 'string') return value;
  try {
    const messages: Json = JSON.parse(value);
    return isArray(messages) && JSON.stringify(messages) === value ? messages : value;
  } catch {
    return value;
  }
};

const NAMEABLE = /^[^}@\s](?:[^}@]*[^}@\s])?$/;

/**
 * An object of the platform as a file describes it. What it names is named by name, so that the file also fits another platform.
 * @param nameOf  the name of what a handle belongs to; undefined where a name would not be clear
 */
export const toDocument = (
  object: Current,
  nameOf: (kind: Kind, handle: string) => string | undefined,
  isDefaultPlace: (handle: string) => boolean,
): ExportedDocument => {
  const { kind, name } = object;
  const fields = comparisons(kind, object.spec)
    .map(([field, comparison]): readonly [string, Json] => [field, fieldOf(object, field, comparison)])
    .filter(([field, value]) => KINDS[kind].required.some((each) => each === field) || !isNothing(value))
    .filter(([field, value]) => field !== 'collection_id' || !isDefaultPlace(String(value)));
  const named = replaceReferences(Object.fromEntries(fields), ({ kind: target, text }) => {
    const found = nameOf(target, text);
    if (found === undefined) return text;
    if (target !== 'Partial') return { name: found };
    return NAMEABLE.test(found) ? `name:${found}` : text;
  });
  return { kind, name, spec: kind === 'Prompt' ? { ...named, string: readableTemplate(named.string ?? null) } : named };
};
