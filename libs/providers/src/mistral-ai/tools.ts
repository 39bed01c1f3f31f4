import { mapShared } from '../openai/body-edit.ts';
import { isAbsent } from '../params.ts';
import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import { sameOr } from './same.ts';

type Note = (notice: Notice) => void;

/** Tools and the choice among them; without tools there is no choice. */
export const mistralTools = (body: JsonObject, note: Note): { tools?: readonly Json[]; choice?: Json } => {
  const given = isArray(body.tools) ? body.tools : [];
  const mapped = mapShared(given, (tool, at) => toolOf(tool) ?? dropped(`tools[${at}]`, note));
  const known = mapped.includes(null) ? mapped.filter((tool) => tool !== null) : mapped;
  const allowed = isAbsent(body.tool_choice) ? undefined : allowedNames(body.tool_choice);
  const tools = allowed === undefined ? known : known.filter((tool) => allowed.has(nameOf(tool)));
  if (tools.length === 0) return {};
  return isAbsent(body.tool_choice) ? { tools } : { tools, choice: choiceOf(body.tool_choice) };
};

const dropped = (param: string, note: Note): null => {
  note({ kind: 'dropped', param, reason: 'only function tools exist here' });
  return null;
};

/** Parameters are required upstream. */
const toolOf = (tool: Json): JsonObject | undefined => {
  const given = isObject(tool) ? objectAt(tool, 'function') : undefined;
  if (!isObject(tool) || given === undefined) return undefined;
  const { name, description, strict } = given;
  const mapped = {
    name,
    ...(isAbsent(description) ? {} : { description }),
    parameters: given.parameters ?? {},
    ...(isAbsent(strict) ? {} : { strict }),
  };
  return sameOr(tool, { type: 'function', function: sameOr(given, mapped) });
};

const nameOf = (tool: Json): string | undefined =>
  isObject(tool) ? stringAt(objectAt(tool, 'function') ?? tool, 'name') : undefined;

const allowedNames = (choice: Json): ReadonlySet<string | undefined> | undefined => {
  if (!isObject(choice) || choice.type !== 'allowed_tools') return undefined;
  const { tools } = objectAt(choice, 'allowed_tools') ?? choice;
  return isArray(tools) ? new Set(tools.map(nameOf)) : undefined;
};

const choiceOf = (choice: Json): Json => {
  if (choice === 'required') return 'any';
  if (!isObject(choice) || choice.type !== 'allowed_tools') return choice;
  return (objectAt(choice, 'allowed_tools') ?? choice).mode === 'required' ? 'any' : 'auto';
};
