import * as z from 'zod';
import { isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { anyJson, jsonObject } from './json-shape.ts';
import type { Check, Hook } from './route.ts';

const check = z.looseObject({
  id: z.string().min(1),
  parameters: jsonObject.optional(),
  is_enabled: z.boolean().optional(),
});

/** A raw hook, a saved one with overrides, or the shorthand in which every key that is no action names a check. */
export const hook = z
  .object({
    id: z.string().min(1).optional(),
    type: z.enum(['guardrail', 'mutator']).optional(),
    checks: z.array(check).optional(),
    async: z.boolean().optional(),
    deny: z.boolean().optional(),
    sequential: z.boolean().optional(),
    soft_deny_200: z.boolean().optional(),
    on_success: jsonObject.optional(),
    on_fail: jsonObject.optional(),
  })
  .catchall(anyJson);

/** An entry of a guardrail or mutator list: also the bare id of a saved one. */
export const hookOrId = z.union([z.string().min(1), hook], { error: 'Must be an id or an object.' });

type Entry = z.infer<typeof hookOrId>;

/** Beside the actions of the schema, what else does not name a check in the shorthand. */
const NOT_A_CHECK = new Set([...Object.keys(hook.shape), 'name', 'is_enabled']);

/** The lists that run at one side of the call, in the order they are joined. */
export interface HookLists {
  readonly hooks?: readonly Entry[];
  readonly guardrails?: readonly Entry[];
  readonly mutators?: readonly Entry[];
}

/** One list from three: hooks, then guardrails, then mutators. */
export const toHooks = (side: 'before' | 'after', from: HookLists): readonly Hook[] => {
  const words = side === 'before' ? 'input' : 'output';
  return [
    ...(from.hooks ?? []).map((entry) => toHook(entry, 'guardrail', `${side}_request_hook`)),
    ...(from.guardrails ?? []).map((entry) => toHook(entry, 'guardrail', `${words}_guardrail`)),
    ...(from.mutators ?? []).map((entry) => toHook(entry, 'mutator', `${words}_mutator`)),
  ];
};

const toHook = (entry: Entry, kind: Hook['type'], idPrefix: string): Hook => {
  if (typeof entry === 'string') return { id: entry, type: kind, origin: 'saved', checks: [] };
  const type = entry.type ?? kind;
  const given = {
    deny: entry.deny,
    sequential: entry.sequential,
    softDeny200: entry.soft_deny_200,
    onSuccessFeedback: feedback(entry.on_success),
    onFailFeedback: feedback(entry.on_fail),
  };
  // A mutator changes what is sent, so it can never run beside the request.
  const async = type === 'mutator' ? false : entry.async;
  if (entry.id !== undefined && entry.checks === undefined)
    return { ...given, id: entry.id, type, origin: 'saved', checks: [], async };
  const checks = entry.checks === undefined ? shorthandChecks(entry) : entry.checks.map(toCheck);
  return {
    ...given,
    id: entry.id ?? `${idPrefix}_${fingerprint(entry)}`,
    type,
    origin: 'inline',
    checks,
    async: async ?? false,
    deny: given.deny ?? false,
    sequential: given.sequential ?? false,
    softDeny200: given.softDeny200 ?? false,
  };
};

const toCheck = (from: z.infer<typeof check>): Check => ({
  id: checkId(from.id),
  parameters: from.parameters ?? {},
  isEnabled: from.is_enabled ?? true,
});

const shorthandChecks = (entry: JsonObject): readonly Check[] =>
  Object.entries(entry)
    .filter(([name]) => !NOT_A_CHECK.has(name))
    .map(([name, parameters]) => ({
      id: checkId(name),
      parameters: isObject(parameters) ? parameters : {},
      isEnabled: true,
    }));

const checkId = (name: string): string => (name.includes('.') ? name : `default.${name}`);

const feedback = (action: JsonObject | undefined): JsonObject | undefined => {
  const value = action === undefined ? undefined : own(action, 'feedback');
  return isObject(value) ? value : undefined;
};

/** Six characters that stay the same for the same content, so that one guardrail is one id in every log record. */
const fingerprint = (value: Json): string => {
  let hash = 0x811c9dc5;
  for (const char of canonical(value)) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(6, '0').slice(-6);
};

/** JSON text that does not depend on the order of keys. */
const canonical = (value: Json | undefined): string => {
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(own(value, key))}`)
    .join()}}`;
};
