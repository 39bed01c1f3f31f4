import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import { cacheMark } from './cache-marks.ts';
import { type Findings, noteDropped } from './findings.ts';
import type { ClaudeModel } from './models.ts';
import { toStrictSchema } from './schema.ts';

export interface ToolSet {
  readonly tools: readonly JsonObject[];
  /** Only together with tools. */
  readonly choice?: JsonObject;
}

/** The caller's tools and choice. Without tools there is no choice either. */
export const toToolSet = (body: JsonObject, model: ClaudeModel, findings: Findings): ToolSet => {
  const given = isArray(body.tools) ? body.tools.filter(isObject) : [];
  const allowed = allowedNames(body.tool_choice);
  const tools = given
    .map((tool, index) => toTool(tool, `tools[${index}]`, model, findings))
    .filter((tool) => allowed?.has(stringAt(tool, 'name') ?? '') ?? true);
  if (tools.length === 0) {
    if (body.tool_choice !== undefined) noteDropped(findings, 'tool_choice', 'there is no tool to choose');
    return { tools };
  }
  const choice = toChoice(body.tool_choice);
  if (body.parallel_tool_calls !== false || choice?.type === 'none') return { tools, choice };
  return { tools, choice: { type: 'auto', ...choice, disable_parallel_tool_use: true } };
};

/** Fields of a function that this provider knows beyond the public ones. */
const EXTRA_FIELDS = ['defer_loading', 'allowed_callers', 'input_examples', 'eager_input_streaming'];

const toTool = (tool: JsonObject, param: string, model: ClaudeModel, findings: Findings): JsonObject => {
  const type = stringAt(tool, 'type') ?? '';
  const inner = objectAt(tool, type);
  if (inner === undefined) return tool;
  if (type === 'function') return functionTool(tool, inner, param, model, findings);
  if (type === 'custom') return customTool(tool, inner, param, findings);
  const { name: version, ...options } = inner;
  return { ...options, type: version, name: type, ...cacheMark(tool) };
};

const functionTool = (
  tool: JsonObject,
  definition: JsonObject,
  param: string,
  model: ClaudeModel,
  findings: Findings,
): JsonObject => {
  const { name, description, parameters, strict } = definition;
  const schema = isObject(parameters) ? { type: 'object', ...parameters } : { type: 'object', properties: {} };
  const isStrict = strict === true && model.structuredOutput;
  if (strict === true && !isStrict) {
    noteDropped(findings, `${param}.function.strict`, 'the model cannot be held to a schema');
  }
  const extras = EXTRA_FIELDS.flatMap((key) => {
    const value = definition[key] ?? tool[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    input_schema: isStrict ? toStrictSchema(schema, `${param}.function.parameters`) : schema,
    ...(isStrict ? { strict: true } : {}),
    ...Object.fromEntries(extras),
    ...cacheMark(definition),
    ...cacheMark(tool),
  };
};

/** A tool that takes free text becomes one with a single text field. */
const customTool = (tool: JsonObject, definition: JsonObject, param: string, findings: Findings): JsonObject => {
  if (objectAt(definition, 'format')?.type === 'grammar') {
    noteDropped(findings, `${param}.custom.format`, 'the input of a tool cannot be held to a grammar');
  }
  return {
    name: definition.name,
    ...(typeof definition.description === 'string' ? { description: definition.description } : {}),
    input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    ...cacheMark(tool),
  };
};

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', required: 'any', any: 'any', none: 'none' };

const toChoice = (choice: Json | undefined): JsonObject | undefined => {
  if (typeof choice === 'string') return Object.hasOwn(CHOICES, choice) ? { type: CHOICES[choice] } : undefined;
  if (!isObject(choice)) return undefined;
  const name = stringAt(objectAt(choice, 'function') ?? objectAt(choice, 'custom') ?? choice, 'name');
  if (name !== undefined) return { type: 'tool', name };
  return toChoice(objectAt(choice, 'allowed_tools')?.mode ?? choice.type);
};

/** The names an `allowed_tools` choice narrows the tools down to. */
const allowedNames = (choice: Json | undefined): ReadonlySet<string> | undefined => {
  const listed = isObject(choice) ? objectAt(choice, 'allowed_tools')?.tools : undefined;
  if (!isArray(listed)) return undefined;
  return new Set(
    listed
      .filter(isObject)
      .flatMap((tool) => stringAt(objectAt(tool, stringAt(tool, 'type') ?? '') ?? tool, 'name') ?? []),
  );
};
