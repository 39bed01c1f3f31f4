import { type BodyEdit, mapShared } from '../openai/body-edit.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, objectAt } from '../spec/json.ts';
import type { CompatibleProvider } from './descriptor.ts';

/** Tools and structured output as the provider takes them. */
export const fitFormats = (edit: BodyEdit, descriptor: CompatibleProvider): void => {
  const tools = edit.get('tools');
  if (!isArray(tools) || tools.length === 0) {
    edit.remove('tools');
    edit.remove('tool_choice');
  } else if (descriptor.schemaDrop !== undefined) {
    const refused = descriptor.schemaDrop;
    edit.set(
      'tools',
      mapShared(tools, (tool) => toolWithout(tool, refused)),
    );
  }
  const format = edit.get('response_format');
  if (isObject(format)) fitResponseFormat(edit, format, descriptor);
};

const fitResponseFormat = (edit: BodyEdit, format: JsonObject, { lacksFormat, schemaDrop, id }: CompatibleProvider) => {
  if (format.type === 'json_schema' && lacksFormat === 'json_schema') {
    const schema = objectAt(objectAt(format, 'json_schema'), 'schema');
    edit.set('response_format', { type: 'json_object' });
    if (schema !== undefined) edit.set('messages', [schemaMessage(schema), ...arrayAt(edit.body, 'messages')]);
    noteFormat(edit, `${id} takes no schema: sent as json_object, the schema in a system message`);
  } else if (format.type === 'json_schema' && schemaDrop !== undefined) {
    const named = objectAt(format, 'json_schema');
    const schema = objectAt(named, 'schema');
    if (schema === undefined || !schemaDrop.some((name) => name in schema)) return;
    edit.set('response_format', { ...format, json_schema: { ...named, schema: withoutKeywords(schema, schemaDrop) } });
  } else if (format.type === 'json_object' && lacksFormat === 'json_object') {
    edit.set('response_format', {
      type: 'json_schema',
      json_schema: { name: 'object', schema: { type: 'object' } },
    });
    noteFormat(edit, `${id} takes a schema only: sent as the schema of any object`);
  }
};

const noteFormat = (edit: BodyEdit, reason: string): void =>
  edit.note({ kind: 'replaced', param: 'response_format', reason });

/** Providers with json_object alone also insist that the prompt speaks of JSON. */
const schemaMessage = (schema: JsonObject): JsonObject => ({
  role: 'system',
  content: `Answer with one JSON object that is valid under this JSON schema:\n${JSON.stringify(schema)}`,
});

const toolWithout = (tool: Json, keywords: readonly string[]): Json => {
  const definition = isObject(tool) ? objectAt(tool, 'function') : undefined;
  const parameters = objectAt(definition, 'parameters');
  if (!isObject(tool) || parameters === undefined || !keywords.some((name) => name in parameters)) return tool;
  return { ...tool, function: { ...definition, parameters: withoutKeywords(parameters, keywords) } };
};

const withoutKeywords = (schema: JsonObject, keywords: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !keywords.includes(name)));
