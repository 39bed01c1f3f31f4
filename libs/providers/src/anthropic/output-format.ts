import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { ClaudeModel } from './models.ts';
import { toStrictSchema } from './schema.ts';
import type { ToolSet } from './tools.ts';

/** How an answer in JSON is brought about. */
export type OutputFormat =
  | { readonly kind: 'free' }
  /** The model is told. */
  | { readonly kind: 'instructed' }
  /** The model is held to a schema. */
  | { readonly kind: 'schema'; readonly schema: JsonObject }
  /** The model has to call a tool whose input is the answer. */
  | { readonly kind: 'tool'; readonly name: string; readonly schema: JsonObject };

export const JSON_INSTRUCTION = 'Reply with one valid JSON object and nothing else.';
export const JSON_TOOL = 'json_output';

/**
 * The way to the output format that the caller asked for, by what the model can do.
 * @throws UnsupportedValue for a schema that nests too deep
 */
export const outputFormat = (body: JsonObject, model: ClaudeModel): OutputFormat => {
  const schema = askedSchema(body);
  if (schema !== undefined) {
    return model.structuredOutput
      ? { kind: 'schema', schema: toStrictSchema(schema, 'response_format.json_schema.schema') }
      : { kind: 'tool', name: freeToolName(body), schema };
  }
  const type = objectAt(body, 'response_format')?.type;
  return { kind: type === 'json_object' || type === 'json_schema' ? 'instructed' : 'free' };
};

/** The tool that a request's answer comes by, if it has to come by one. */
export const jsonToolOf = (body: JsonObject, model: ClaudeModel): string | undefined =>
  askedSchema(body) === undefined || model.structuredOutput ? undefined : freeToolName(body);

const askedSchema = (body: JsonObject): JsonObject | undefined => {
  const format = objectAt(body, 'response_format');
  return format?.type === 'json_schema' ? objectAt(objectAt(format, 'json_schema'), 'schema') : undefined;
};

/** Adds the tool whose input is the answer, and forces the model to use it. */
export const withJsonTool = ({ tools, choice }: ToolSet, name: string, schema: JsonObject): ToolSet => {
  const tool = { name, description: 'Return the final answer with this tool.', input_schema: schema };
  const only = tools.length === 0 || choice?.type === 'none';
  return {
    tools: [...tools, tool],
    choice: { ...(only ? { type: 'tool', name } : { type: 'any' }), disable_parallel_tool_use: true },
  };
};

/** A name that no tool of the caller has. */
const freeToolName = (body: JsonObject): string => {
  const taken = new Set(
    arrayAt(body, 'tools')
      .filter(isObject)
      .map((tool) => stringAt(objectAt(tool, stringAt(tool, 'type') ?? '') ?? tool, 'name')),
  );
  let name = JSON_TOOL;
  while (taken.has(name)) name += '_';
  return name;
};
