import { speaksFunctions, withTools } from '../chat/legacy-functions.ts';
import { requestOf } from '../chat/requested.ts';
import { isArray, isObject, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { CallContext } from '../spec/provider.ts';
import { type ClaudeModel, claudeModel } from './models.ts';
import { JSON_TOOL, jsonToolOf } from './output-format.ts';

/** What an answer must know about its request, to be told in the caller's own terms. */
export interface CallerForm {
  /** The model that was asked for; empty when it is not known. */
  readonly model: string;
  /** The caller speaks the older `functions` dialect. */
  readonly functions: boolean;
  /** The tool whose input is the answer itself. */
  isJsonTool(name: string): boolean;
  /** A tool that takes free text instead of JSON. */
  isCustomTool(name: string): boolean;
}

/**
 * Read from the caller's body where the context carries it; otherwise the tool for JSON is known by its name.
 * @param modelOf  the same that the request was mapped with
 */
export const callerForm = (ctx: CallContext, modelOf: (id: string) => ClaudeModel = claudeModel): CallerForm => {
  const request = requestOf(ctx);
  const isKnown = Object.keys(request).length > 0;
  const model = stringAt(request, 'model') ?? '';
  const custom = new Set(customTools(request));
  const jsonTool = isKnown ? jsonToolOf(withTools(request), modelOf(model)) : JSON_TOOL;
  return {
    model,
    functions: speaksFunctions(request),
    isJsonTool: (name) => name === jsonTool,
    isCustomTool: (name) => custom.has(name),
  };
};

const customTools = ({ tools }: JsonObject): readonly string[] =>
  (isArray(tools) ? tools : []).flatMap((tool) =>
    isObject(tool) && tool.type === 'custom' ? (stringAt(objectAt(tool, 'custom'), 'name') ?? []) : [],
  );
