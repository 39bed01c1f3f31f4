import { argumentsObject } from '../chat/tool-arguments.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import { arrayAt, isArray, isObject, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import { cacheMark, markLast } from './cache-marks.ts';
import { contentBlocks } from './content.ts';
import { type Findings, noteDropped, noteReplaced } from './findings.ts';

/** A conversation in the provider's terms. */
export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly messages: readonly Turn[];
}

/** Turns alternate between the two roles. */
interface Turn extends JsonObject {
  readonly role: 'user' | 'assistant';
  readonly content: readonly JsonObject[];
}

/**
 * Instructions are gathered in front, in order; the rest becomes turns. Results of parallel calls end in one turn.
 * @throws UnsupportedValue for a role or a content part that the provider has no way to take
 */
export const toConversation = (body: JsonObject, findings: Findings): Conversation => {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of arrayAt(body, 'messages').entries()) {
    if (!isObject(message)) continue;
    const param = `messages[${index}]`;
    const role = stringAt(message, 'role') ?? 'user';
    if (role === 'system' || role === 'developer') system.push(...instructions(message, param, findings));
    else turns.push(toTurn(role, message, param, findings));
  }
  return { system, messages: withoutTrailingSpace(merged(turns)) };
};

const instructions = (message: JsonObject, param: string, findings: Findings): readonly JsonObject[] => {
  const blocks = contentBlocks(message.content, `${param}.content`, findings);
  const texts = blocks.filter(({ type }) => type === 'text');
  if (texts.length < blocks.length) noteDropped(findings, `${param}.content`, 'instructions can only be text');
  return markLast(texts, message);
};

const toTurn = (role: string, message: JsonObject, param: string, findings: Findings): Turn => {
  if (role === 'assistant') return { role, content: assistantBlocks(message, param, findings) };
  if (role === 'tool') return { role: 'user', content: [toolResult(message, param, findings)] };
  if (role !== 'user') throw new UnsupportedValue(`there is no role ${JSON.stringify(role)}`, `${param}.role`);
  return { role, content: markLast(contentBlocks(message.content, `${param}.content`, findings), message) };
};

const assistantBlocks = (message: JsonObject, param: string, findings: Findings): readonly JsonObject[] => {
  const own = isArray(message.content_blocks) && message.content_blocks.length > 0;
  const content = own
    ? contentBlocks(message.content_blocks, `${param}.content_blocks`, findings).filter(
        ({ type }) => type !== 'tool_use',
      )
    : contentBlocks(message.content ?? message.refusal, `${param}.content`, findings);
  const calls = arrayAt(message, 'tool_calls')
    .filter(isObject)
    .map((call, index) => toolUse(call, `${param}.tool_calls[${index}]`, findings));
  return markLast([...content, ...calls], message);
};

const toolUse = (call: JsonObject, param: string, findings: Findings): JsonObject => {
  const custom = objectAt(call, 'custom');
  const called = custom ?? objectAt(call, 'function');
  const input = custom === undefined ? argumentsObject(called?.arguments) : { input: stringAt(custom, 'input') ?? '' };
  if (input === undefined) noteReplaced(findings, `${param}.function.arguments`, 'not a JSON object; {} was sent');
  return {
    type: 'tool_use',
    id: toolId(stringAt(call, 'id') ?? ''),
    name: stringAt(called, 'name') ?? '',
    input: input ?? {},
    ...cacheMark(call),
  };
};

const toolResult = (message: JsonObject, param: string, findings: Findings): JsonObject => {
  const { content } = message;
  const sent = typeof content === 'string' ? content : contentBlocks(content, `${param}.content`, findings);
  return {
    type: 'tool_result',
    tool_use_id: toolId(stringAt(message, 'tool_call_id') ?? ''),
    ...(sent.length === 0 ? {} : { content: sent }),
    ...(message.is_error === true ? { is_error: true } : {}),
    ...cacheMark(message),
  };
};

/** Only these characters are allowed in an id; the same change is made in call and result. */
const toolId = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, '_');

const merged = (turns: readonly Turn[]): readonly Turn[] => {
  const result: Turn[] = [];
  for (const turn of turns) {
    if (turn.content.length === 0) continue;
    const last = result.at(-1);
    if (last?.role !== turn.role) result.push(turn);
    else result[result.length - 1] = { role: turn.role, content: [...last.content, ...turn.content] };
  }
  return result.map(resultsFirst);
};

/** The provider wants the results of calls before anything else of a turn. */
const resultsFirst = (turn: Turn): Turn => {
  const isResult = (block: JsonObject): boolean => block.type === 'tool_result';
  const results = turn.content.filter(isResult);
  if (results.length === 0 || results.length === turn.content.length) return turn;
  return { role: turn.role, content: [...results, ...turn.content.filter((block) => !isResult(block))] };
};

/** The provider refuses a last assistant text that ends in white space. */
const withoutTrailingSpace = (turns: readonly Turn[]): readonly Turn[] => {
  const turn = turns.at(-1);
  const block = turn?.content.at(-1);
  const text = block?.type === 'text' ? stringAt(block, 'text') : undefined;
  if (turn?.role !== 'assistant' || block === undefined || text === undefined) return turns;
  const trimmed = text.trimEnd();
  const content = [...turn.content.slice(0, -1), ...(trimmed === '' ? [] : [{ ...block, text: trimmed }])];
  return [...turns.slice(0, -1), ...(content.length === 0 ? [] : [{ role: turn.role, content }])];
};
