import { isAbsent } from '../params.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import type { GeminiDialect } from './dialect.ts';
import type { GeminiModel } from './model.ts';
import { isEmptyObjectSchema, toGeminiSchema } from './schema.ts';

type Note = (notice: Notice) => void;

export interface GeminiTools {
  readonly tools: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
}

/** Tools and the choice among them. Without tools there is no choice either. */
export const toolsOf = (body: JsonObject, model: GeminiModel, dialect: GeminiDialect, note: Note): GeminiTools => {
  const given = arrayAt(body, 'tools');
  const native: JsonObject[] = [];
  const functions: JsonObject[] = [];
  let retrievalConfig: Json | undefined;
  given.forEach((tool, at) => {
    const definition = isObject(tool) ? objectAt(tool, 'function') : undefined;
    const name = stringAt(definition, 'name');
    if (isObject(tool) && dialect.nativeTools.some((key) => tool[key] !== undefined)) native.push(tool);
    else if (definition === undefined || name === undefined) {
      note({ kind: 'dropped', param: `tools[${at}]`, reason: 'only function tools exist here' });
    } else if (Object.hasOwn(BUILT_IN, name)) {
      const parameters = objectAt(definition, 'parameters') ?? {};
      native.push(BUILT_IN[name]?.(parameters) ?? {});
      retrievalConfig ??= isMaps(name) ? parameters.retrievalConfig : undefined;
    } else functions.push(definition);
  });
  if (native.length + functions.length === 0) return { tools: [] };
  const mixesBoth = native.length > 0 && functions.length > 0 && model.isAtLeast(3);
  const calling = callingConfig(body, functions, mixesBoth, note);
  const toolConfig = {
    ...(calling === undefined ? {} : { functionCallingConfig: calling }),
    ...(mixesBoth && dialect.asksForServerTools ? { includeServerSideToolInvocations: true } : {}),
    ...(retrievalConfig === undefined ? {} : { retrievalConfig }),
  };
  const declarations = functions.map((definition) => declarationOf(definition, model));
  return {
    tools: [...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]), ...native],
    ...(Object.keys(toolConfig).length === 0 ? {} : { toolConfig }),
  };
};

const declarationOf = (definition: JsonObject, model: GeminiModel): JsonObject => ({
  name: definition.name,
  ...(typeof definition.description === 'string' ? { description: definition.description } : {}),
  ...parametersOf(definition.parameters, model),
});

const parametersOf = (schema: Json | undefined, model: GeminiModel): JsonObject => {
  if (isEmptyObjectSchema(schema)) return {};
  const parameters = toGeminiSchema(schema ?? {}, model.isAtLeast(2, 5));
  return parameters === undefined ? { parametersJsonSchema: schema } : { parameters };
};

/** The keys among `names` that the caller gave. */
const pick = (from: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));

const googleSearch = (given: JsonObject): JsonObject => ({ googleSearch: pick(given, 'timeRangeFilter') });
const googleSearchRetrieval = (given: JsonObject): JsonObject => ({
  googleSearchRetrieval: pick(given, 'dynamicRetrievalConfig'),
});
const googleMaps = (given: JsonObject): JsonObject => ({ googleMaps: pick(given, 'enableWidget') });
const computerUse = (given: JsonObject): JsonObject => ({
  computerUse: {
    ...pick(given, 'environment'),
    ...(given.excluded_predefined_functions === undefined
      ? {}
      : { excludedPredefinedFunctions: given.excluded_predefined_functions }),
  },
});
const urlContext = (): JsonObject => ({ urlContext: {} });
const codeExecution = (): JsonObject => ({ codeExecution: {} });

/** Function names that stand for tools Google runs itself. */
const BUILT_IN: Readonly<Record<string, (given: JsonObject) => JsonObject>> = {
  google_search: googleSearch,
  googleSearch,
  google_search_retrieval: googleSearchRetrieval,
  googleSearchRetrieval,
  google_maps: googleMaps,
  googleMaps,
  computer_use: computerUse,
  computerUse,
  url_context: urlContext,
  urlContext,
  code_execution: codeExecution,
  codeExecution,
};

const isMaps = (name: string): boolean => name === 'google_maps' || name === 'googleMaps';

/** With strict schemas, or beside built-in tools, calls are checked against their declarations. */
const callingConfig = (
  body: JsonObject,
  functions: readonly JsonObject[],
  mixesBoth: boolean,
  note: Note,
): JsonObject | undefined => {
  const choice = isAbsent(body.tool_choice) ? undefined : body.tool_choice;
  const validates = mixesBoth || functions.some((definition) => definition.strict === true);
  if (functions.length === 0) {
    if (choice !== undefined && choice !== 'auto') {
      note({ kind: 'dropped', param: 'tool_choice', reason: 'built-in tools leave no choice' });
    }
    return undefined;
  }
  const free = validates ? 'VALIDATED' : 'AUTO';
  if (choice === undefined) return validates ? { mode: free } : undefined;
  if (choice === 'auto') return { mode: free };
  if (choice === 'none') return { mode: 'NONE' };
  if (choice === 'required' || choice === 'any') return { mode: 'ANY' };
  const named = isObject(choice) ? namedChoice(choice) : undefined;
  if (named === undefined) note({ kind: 'dropped', param: 'tool_choice', reason: 'not a choice this provider knows' });
  return named;
};

const namedChoice = (choice: JsonObject): JsonObject | undefined => {
  const name = stringAt(objectAt(choice, 'function'), 'name');
  if (name !== undefined) return { mode: 'ANY', allowedFunctionNames: [name] };
  const allowed = objectAt(choice, 'allowed_tools') ?? choice;
  if (choice.type !== 'allowed_tools' || !isArray(allowed.tools)) return undefined;
  const names = allowed.tools.flatMap((tool) =>
    isObject(tool) ? (stringAt(objectAt(tool, 'function') ?? tool, 'name') ?? []) : [],
  );
  return { mode: allowed.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names };
};
