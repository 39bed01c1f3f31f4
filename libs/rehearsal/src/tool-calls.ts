import { type JsonObject, objectAt, objectsAt, stringAt } from './json.ts';
import { sampleOf } from './schema-sample.ts';

/** A call of one of the caller's tools. `input` is JSON for a function and free text for a custom tool. */
export interface ToolCall {
  readonly kind: 'function' | 'custom';
  readonly id: string;
  readonly name: string;
  readonly input: string;
}

interface Tool {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly parameters: JsonObject | undefined;
}

/**
 * The calls that answer a request: every tool the user's words name, in the order the tools were given; the one
 * that `tool_choice` names; or the first tool when a call is required and none was named.
 */
export const toolCallsFor = (request: JsonObject, userText: string, idOf: (at: number) => string): ToolCall[] => {
  const tools = objectsAt(request, 'tools').flatMap(toTool);
  const choice = choiceOf(request);
  if (choice.type === 'none') return [];
  const allowed = choice.names === undefined ? tools : tools.filter((tool) => choice.names?.includes(tool.name));
  const said = userText.toLowerCase();
  const named = allowed.filter((tool) => said.includes(tool.name.toLowerCase()));
  const called = named.length === 0 && choice.type === 'required' ? allowed.slice(0, 1) : named;
  return (request.parallel_tool_calls === false ? called.slice(0, 1) : called).map((tool, at) => ({
    kind: tool.kind,
    id: idOf(at),
    name: tool.name,
    input: tool.kind === 'custom' ? userText : JSON.stringify(sampleOf(tool.parameters ?? { type: 'object' })),
  }));
};

const toTool = (tool: JsonObject): Tool[] => {
  const kind = tool.type === 'custom' ? 'custom' : 'function';
  const definition = objectAt(tool, kind);
  const name = stringAt(definition, 'name');
  return name === undefined || name === '' ? [] : [{ kind, name, parameters: objectAt(definition, 'parameters') }];
};

interface Choice {
  readonly type: 'none' | 'auto' | 'required';
  readonly names?: readonly string[];
}

const choiceOf = (request: JsonObject): Choice => {
  const choice = request.tool_choice;
  if (choice === 'none' || choice === 'required') return { type: choice };
  const object = objectAt(request, 'tool_choice');
  const allowed = objectAt(object, 'allowed_tools');
  if (allowed !== undefined) {
    const names = objectsAt(allowed, 'tools').flatMap((tool) => toTool(tool).map(({ name }) => name));
    return { type: allowed.mode === 'required' ? 'required' : 'auto', names };
  }
  const name = object === undefined ? undefined : toTool(object)[0]?.name;
  return name === undefined ? { type: 'auto' } : { type: 'required', names: [name] };
};
