import { queryAdvice } from './advice.ts';
import {
  copyObject,
  isArray,
  isDeeperThan,
  isObject,
  type Json,
  type JsonObject,
  MAX_JSON_DEPTH,
  own,
} from './json.ts';
import { ALL_NAMES, namesAt } from './known-names.ts';
import { type ConfigLimits, DEFAULT_CONFIG_LIMITS, limitProblems } from './limits.ts';
import { MAX_ERRORS, type Problem, sentence, toErrors, unknownKeyMessage } from './messages.ts';
import { PROVIDER_NAMES } from './provider-names.ts';
import { type ConfigSource, relax } from './relax.ts';
import { ruleProblems } from './rules.ts';
import { nearestName, snakeCaser } from './spelling.ts';
import { type Config, configNode } from './target.ts';

const toSnakeCase = snakeCaser(ALL_NAMES);

export const INVALID_CONFIG_MESSAGE = 'Invalid config passed';
export const LEGACY_FORMAT_MESSAGE =
  'This version of config is not supported in this route. Please migrate to the latest version';

/** Root fields of the format that ended in 2023. */
const LEGACY_FIELDS = ['options', 'mode', 'params'];

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly errors: readonly string[] };

export interface ParseOptions {
  readonly limits?: Partial<ConfigLimits>;
  /** Providers that may be named literally. */
  readonly providerNames?: ReadonlySet<string>;
}

/**
 * Reads a config: spelling, lenient corrections, shape, then the rules about what may stand together.
 * The input is copied, never changed.
 * @param input   parsed JSON, whatever it is
 * @param source  inline: camelCase understood, unknown keys ignored, retries clamped. saved: all of that refused
 * @returns       the config with warnings, or the public message and errors of a 400. Warnings and errors have the
 *                form `path: strategy,mode, message: …` and are at most 20
 */
export const parseConfig = (input: unknown, source: ConfigSource, options: ParseOptions = {}): ParsedConfig => {
  if (!isObject(input)) return refused([{ path: [], message: 'The config must be a JSON object.' }]);
  if (isDeeperThan(input, MAX_JSON_DEPTH))
    return refused([{ path: [], message: `The config must not nest deeper than ${MAX_JSON_DEPTH} levels.` }]);
  const copy = copyObject(input);
  const spelled = source === 'inline' ? toSnakeCase(copy) : copy;

  const legacy = LEGACY_FIELDS.filter((field) => own(spelled, field) !== undefined);
  if (legacy.length > 0)
    return refused(
      legacy.map((field) => ({ path: [field], message: LEGACY_FORMAT_MESSAGE })),
      LEGACY_FORMAT_MESSAGE,
    );

  const tooLarge = limitProblems(spelled, { ...DEFAULT_CONFIG_LIMITS, ...options.limits });
  if (tooLarge.length > 0) return refused(tooLarge);

  const { node, notices } = relax(spelled, source);
  const shaped = shapeOf(node, source);
  if (!shaped.ok) return refused(shaped.problems);

  const { providerNames = PROVIDER_NAMES } = options;
  const broken = ruleProblems(shaped.config, { source, providerNames });
  if (broken.length > 0) return refused(broken);
  return { ok: true, config: shaped.config, warnings: toErrors([...notices, ...queryAdvice(shaped.config)]) };
};

const refused = (problems: readonly Problem[], message: string = INVALID_CONFIG_MESSAGE): ParsedConfig => ({
  ok: false,
  message,
  errors: toErrors(problems),
});

type Shape =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The schema is strict; for an inline config what it does not know is taken out, and it looks once more. */
const shapeOf = (node: JsonObject, source: ConfigSource): Shape => {
  const result = configNode.safeParse(node, { error: sentence });
  if (result.success) return { ok: true, config: result.data };
  const findings = result.error.issues.flatMap((issue): readonly Finding[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: issue.path, unknownKey: key }))
      : [{ path: issue.path, message: issue.message }],
  );
  if (source === 'inline' && findings.some((found) => found.unknownKey !== undefined))
    return shapeOf(pruned(node, unknownKeys(findings), []), source);
  return { ok: false, problems: findings.slice(0, MAX_ERRORS).map(toProblem) };
};

type Finding =
  | { readonly path: readonly PropertyKey[]; readonly unknownKey: string }
  | { readonly path: readonly PropertyKey[]; readonly unknownKey?: undefined; readonly message: string };

const toProblem = (found: Finding): Problem =>
  found.unknownKey === undefined
    ? found
    : {
        path: [...found.path, found.unknownKey],
        message: unknownKeyMessage(found.unknownKey, nearestName(found.unknownKey, namesAt(found.path))),
      };

/** Unknown keys by the place of the object they stand in. */
type UnknownKeys = ReadonlyMap<string, ReadonlySet<string>>;

const placeOf = (path: readonly PropertyKey[]): string => path.map(String).join('/');

const unknownKeys = (findings: readonly Finding[]): UnknownKeys => {
  const byPlace = new Map<string, Set<string>>();
  for (const { path, unknownKey } of findings) {
    if (unknownKey === undefined) continue;
    const keys = byPlace.get(placeOf(path)) ?? new Set();
    byPlace.set(placeOf(path), keys.add(unknownKey));
  }
  return byPlace;
};

const pruned = (from: JsonObject, unknown: UnknownKeys, path: readonly PropertyKey[]): JsonObject => {
  const taken = unknown.get(placeOf(path));
  return Object.fromEntries(
    Object.entries(from).flatMap(([key, value]) =>
      value === undefined || taken?.has(key) === true ? [] : [[key, prunedInside(value, unknown, [...path, key])]],
    ),
  );
};

const prunedInside = (value: Json, unknown: UnknownKeys, path: readonly PropertyKey[]): Json => {
  if (isArray(value)) return value.map((inner, index) => prunedInside(inner, unknown, [...path, index]));
  return isObject(value) ? pruned(value, unknown, path) : value;
};
