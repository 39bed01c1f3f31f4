import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import type { Kind } from './kinds.ts';

/** Another object, by its name or by the slug or id that stands there. */
export interface Reference {
  readonly kind: Kind;
  readonly by: 'name' | 'handle';
  readonly text: string;
}

/** What a reference is replaced with. */
export type Replace = (reference: Reference) => Json;

/** The fields, anywhere in an object, that name another one. */
const FIELDS: Readonly<Record<string, Kind>> = {
  virtual_key: 'VirtualKey',
  prompt_id: 'Prompt',
  config_id: 'Config',
  user_api_key_config: 'Config',
  collection_id: 'Collection',
  parent_collection_id: 'Collection',
  input_guardrails: 'Guardrail',
  output_guardrails: 'Guardrail',
};

/** Lists of objects whose `id` names a guardrail. */
const HOOKS = new Set(['before_request_hooks', 'after_request_hooks']);

/** What is sent on as it is, whatever it looks like. */
const OPAQUE = new Set([
  'override_params',
  'default_params',
  'parameters',
  'functions',
  'tools',
  'tool_choice',
  'metadata',
  'template_metadata',
  'query',
  'checks',
]);

const nameIn = (value: Json): string | undefined =>
  isObject(value) && Object.keys(value).length === 1 && typeof value.name === 'string' ? value.name : undefined;

const replaced = (kind: Kind, value: Json, replace: Replace): Json => {
  if (isArray(value)) return value.map((inner) => replaced(kind, inner, replace));
  const name = nameIn(value);
  if (name !== undefined) return replace({ kind, by: 'name', text: name });
  return typeof value === 'string' ? replace({ kind, by: 'handle', text: value }) : value;
};

const HANDLE_PREFIX = '@';

/** A provider may be a virtual key: `@slug`, or `{ name: … }`. */
const replacedProvider = (value: Json, replace: Replace): Json => {
  const name = nameIn(value);
  const handle = typeof value === 'string' && value.startsWith(HANDLE_PREFIX) ? value.slice(1) : undefined;
  if (name === undefined && handle === undefined) return value;
  const by: Reference =
    name === undefined
      ? { kind: 'VirtualKey', by: 'handle', text: handle ?? '' }
      : { kind: 'VirtualKey', by: 'name', text: name };
  const found = replace(by);
  return typeof found === 'string' ? `${HANDLE_PREFIX}${found}` : found;
};

const hook = (value: Json, replace: Replace): Json =>
  isObject(value) && value.id !== undefined ? { ...value, id: replaced('Guardrail', value.id, replace) } : value;

const field = (name: string, value: Json, replace: Replace, depth: number): Json => {
  const kind = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (kind !== undefined) return replaced(kind, value, replace);
  if (name === 'provider' && depth > 0) return replacedProvider(value, replace);
  if (HOOKS.has(name) && isArray(value)) return value.map((inner) => hook(inner, replace));
  return OPAQUE.has(name) ? value : inside(value, replace, depth + 1);
};

const inside = (value: Json, replace: Replace, depth: number): Json => {
  if (isArray(value)) return value.map((inner) => inside(inner, replace, depth));
  return isObject(value) ? replaceReferences(value, replace, depth) : value;
};

const PARTIAL = /\{\{>(?:\s*name:([^}@]+?)(@[^}\s]+)?\s*|([\w-]+)(@[^}\s]+)?)\}\}/g;

/** Partials inside of a template: `{{>name:greeting}}` or `{{>pp-greeti-1a2b3c@2}}`. */
const replaceInTemplate = (template: string, replace: Replace): string =>
  template.replace(PARTIAL, (_, name?: string, versionOfName = '', handle?: string, versionOfHandle = ''): string =>
    name === undefined
      ? `{{>${String(replace({ kind: 'Partial', by: 'handle', text: handle ?? '' }))}${versionOfHandle}}}`
      : `{{>${String(replace({ kind: 'Partial', by: 'name', text: name }))}${versionOfName}}}`,
  );

/** The spec of an object with everything replaced that names another one. */
export const replaceReferences = (spec: JsonObject, replace: Replace, depth = 0): JsonObject =>
  Object.fromEntries(
    Object.entries(spec).map(([name, value]) => {
      if (value === undefined) return [name, undefined];
      if (depth === 0 && name === 'string' && typeof value === 'string')
        return [name, replaceInTemplate(value, replace)];
      return [name, field(name, value, replace, depth)];
    }),
  );

/** Everything that a spec names. */
export const referencesIn = (spec: JsonObject): readonly Reference[] => {
  const found: Reference[] = [];
  replaceReferences(spec, (reference) => {
    found.push(reference);
    return reference.text;
  });
  return found;
};
