import type { Json, JsonObject } from './spec/json.ts';
import type { Notice } from './spec/provider.ts';

/** A body under construction. Paths use dots: `generationConfig.maxOutputTokens`. */
export class Draft {
  readonly #root: Record<string, Json | undefined> = {};

  set(path: string, value: Json): void {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let at = this.#root;
    for (const key of keys) {
      const next = at[key];
      const object: Record<string, Json | undefined> =
        typeof next === 'object' && next !== null && !Array.isArray(next) ? { ...(next as JsonObject) } : {};
      at[key] = object;
      at = object;
    }
    at[last] = value;
  }

  get body(): JsonObject {
    return this.#root;
  }
}

type Note = (kind: Notice['kind'], reason: string) => void;

/** What happens to one public parameter. */
export interface ParamRule {
  apply(value: Json, out: Draft, note: Note): void;
  /** Sent when the caller gave none (absent, null or the literal `portkey-default`). */
  readonly whenAbsent?: Json;
}

export type ParamTable = Readonly<Record<string, ParamRule>>;

/** The parameter under its own name. */
export const keep =
  (options: { whenAbsent?: Json } = {}): ((name: string) => ParamRule) =>
  (name) => ({ apply: (value, out) => out.set(name, value), ...options });

/** The parameter under the provider's name, changed on the way if need be; `undefined` from the change sends nothing. */
export const to =
  (path: string, change: (value: Json) => Json | undefined = (value) => value, options: { whenAbsent?: Json } = {}) =>
  (): ParamRule => ({
    apply(value, out) {
      const changed = change(value);
      if (changed !== undefined) out.set(path, changed);
    },
    ...options,
  });

/** A number kept within the provider's range; out of range it is moved to the nearest end, with a notice. */
export const clamp =
  (min: number, max: number, path?: string) =>
  (name: string): ParamRule => ({
    apply(value, out, note) {
      const number = typeof value === 'number' ? Math.min(max, Math.max(min, value)) : value;
      if (number !== value) note('clamped', `allowed range is ${min} to ${max}`);
      out.set(path ?? name, number);
    },
  });

/** The provider has nothing like it. The caller is told. */
export const drop = (reason: string) => (): ParamRule => ({ apply: (_value, _out, note) => note('dropped', reason) });

/** Handled elsewhere in the mapping (messages, tools, stream): neither copied nor reported. */
export const handled = () => (): ParamRule => ({ apply: () => undefined });

/** Freezes a table whose rules know their own names: one provider's table can never reach another's. */
export const params = (table: Readonly<Record<string, (name: string) => ParamRule>>): ParamTable =>
  Object.freeze(Object.fromEntries(Object.entries(table).map(([name, rule]) => [name, Object.freeze(rule(name))])));

/** `portkey-default` is what one SDK sends for "the gateway's default". */
export const isAbsent = (value: Json | undefined): value is null | undefined | 'portkey-default' =>
  value === undefined || value === null || value === 'portkey-default';

/**
 * Applies a table to a body.
 * @param unlisted  `drop` for providers that refuse unknown fields (reported), `pass` for OpenAI-shaped ones
 */
export const applyParams = (
  table: ParamTable,
  body: JsonObject,
  unlisted: 'drop' | 'pass',
): { draft: Draft; notices: Notice[] } => {
  const draft = new Draft();
  const notices: Notice[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (isAbsent(value)) continue;
    const rule = Object.hasOwn(table, name) ? table[name] : undefined;
    if (rule !== undefined) rule.apply(value, draft, (kind, reason) => notices.push({ kind, param: name, reason }));
    else if (unlisted === 'pass') draft.set(name, value);
    else notices.push({ kind: 'dropped', param: name, reason: 'not a parameter of this provider' });
  }
  for (const [name, rule] of Object.entries(table)) {
    if (rule.whenAbsent === undefined || !isAbsent(body[name])) continue;
    rule.apply(rule.whenAbsent, draft, () => undefined);
  }
  return { draft, notices };
};
