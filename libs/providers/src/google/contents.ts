import { textOf, textsOf } from '../chat/text-parts.ts';
import { argumentsObject } from '../chat/tool-arguments.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Media, Notice } from '../spec/provider.ts';
import type { GeminiDialect } from './dialect.ts';
import { mediaPart } from './media.ts';
import type { GeminiModel } from './model.ts';
import { replayedParts } from './replayed-parts.ts';

/** What mapping a message may look at and report to. */
export interface ContentsView {
  readonly model: GeminiModel;
  readonly dialect: GeminiDialect;
  /** Downloads by address. */
  readonly media: ReadonlyMap<string, Media>;
  readonly note: (notice: Notice) => void;
}

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
}

/** Takes the place of a signature that the history lost: Gemini 3 refuses a call without one. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

const SYSTEM_ROLES: ReadonlySet<Json | undefined> = new Set(['system', 'developer']);

/** Messages as Gemini's contents; neighbours of one role become one content. */
export const contentsOf = (
  messages: readonly Json[],
  view: ContentsView,
): { systemInstruction?: JsonObject; contents: readonly Json[] } => {
  const callNames = new Map<string, string>();
  const contents: Content[] = [];
  const system: string[] = [];
  messages.forEach((message, at) => {
    if (!isObject(message)) return;
    if (SYSTEM_ROLES.has(message.role)) system.push(...systemTexts(message, `messages[${at}]`, view));
    else contents.push(contentOf(message, `messages[${at}]`, callNames, view));
    if (typeof message.name === 'string' && message.role !== 'tool') {
      view.note({ kind: 'dropped', param: `messages[${at}].name`, reason: 'participants have no names here' });
    }
  });
  const merged = mergeNeighbours(contents);
  if (system.length === 0) return { contents: jsonOf(merged) };
  if (view.model.family === 'gemma') return { contents: jsonOf(withInstruction(merged, system.join('\n\n'))) };
  return { systemInstruction: { parts: system.map((text) => ({ text })) }, contents: jsonOf(merged) };
};

const systemTexts = (message: JsonObject, path: string, view: ContentsView): readonly string[] => {
  if (isArray(message.content) && !message.content.every(isTextPart)) {
    view.note({ kind: 'dropped', param: `${path}.content`, reason: 'an instruction is text only' });
  }
  return textsOf(message.content);
};

const jsonOf = (contents: readonly Content[]): readonly Json[] =>
  contents.map(({ role, parts }): JsonObject => ({ role, parts }));

/** Gemma knows no instruction: it opens the first user turn. */
const withInstruction = (contents: readonly Content[], text: string): readonly Content[] => {
  const first = contents.findIndex(({ role }) => role === 'user');
  return first < 0
    ? [{ role: 'user', parts: [{ text }] }, ...contents]
    : contents.map((content, at) => (at === first ? { ...content, parts: [{ text }, ...content.parts] } : content));
};

const mergeNeighbours = (contents: readonly Content[]): readonly Content[] => {
  const merged: Content[] = [];
  for (const { role, parts } of contents) {
    if (parts.length === 0) continue;
    const last = merged.at(-1);
    if (last?.role === role) merged[merged.length - 1] = { role, parts: [...last.parts, ...parts] };
    else merged.push({ role, parts });
  }
  return merged;
};

const contentOf = (message: JsonObject, path: string, callNames: Map<string, string>, view: ContentsView): Content => {
  switch (message.role) {
    case 'assistant':
    case 'model':
      return { role: 'model', parts: assistantParts(message, path, callNames, view) };
    case 'tool':
      return { role: 'user', parts: resultParts(message, path, callNames, view) };
    default:
      return { role: 'user', parts: contentParts(message.content, path, view) };
  }
};

const contentParts = (content: Json | undefined, path: string, view: ContentsView): readonly JsonObject[] => {
  if (!isArray(content)) return textsOf(content).map((text) => ({ text }));
  return content.flatMap((part, at): readonly JsonObject[] => {
    const texts = textsOf([part]);
    if (texts.length > 0) return texts.map((text) => ({ text }));
    if (!isObject(part) || part.type === 'text') return [];
    const refusal = stringAt(part, 'refusal');
    if (refusal !== undefined) return refusal === '' ? [] : [{ text: refusal }];
    const media = mediaPart(part, view.model, view.dialect, view.media);
    if (media !== undefined) return [media];
    const param = `${path}.content[${at}]`;
    view.note({ kind: 'dropped', param, reason: `no place for a part of type ${part.type}` });
    return [];
  });
};

const assistantParts = (
  message: JsonObject,
  path: string,
  callNames: Map<string, string>,
  view: ContentsView,
): readonly JsonObject[] => {
  const blocks = isArray(message.content_blocks) ? message.content_blocks : [];
  const inContent = isArray(message.content) ? message.content.filter(isThinkingBlock) : [];
  const plain = isArray(message.content) ? message.content.filter((part) => !isThinkingBlock(part)) : message.content;
  const replayed = replayedParts([...blocks, ...inContent]);
  const texts = replayed.hasText ? [] : contentParts(plain, path, view);
  return [...replayed.parts, ...texts, ...callParts(arrayAt(message, 'tool_calls'), path, callNames, view)];
};

const isThinkingBlock = (part: Json): boolean =>
  isObject(part) && (part.type === 'thinking' || part.type === 'redacted_thinking');

const callParts = (
  calls: readonly Json[],
  path: string,
  callNames: Map<string, string>,
  view: ContentsView,
): readonly JsonObject[] => {
  const isNewer = view.model.isAtLeast(3);
  return calls.filter(isObject).map((call, at) => {
    const param = `${path}.tool_calls[${at}]`;
    const id = stringAt(call, 'id');
    const name = stringAt(objectAt(call, 'function') ?? objectAt(call, 'custom'), 'name') ?? '';
    if (id !== undefined) callNames.set(id, name);
    const given = signatureOf(call);
    if (given === undefined && isNewer && at === 0) {
      const reason = 'the signature of this call is missing; its check is skipped';
      view.note({ kind: 'replaced', param: `${param}.function.thought_signature`, reason });
    }
    const signature = given ?? (isNewer && at === 0 ? NO_SIGNATURE : undefined);
    return {
      functionCall: { ...callId(id, view), name, args: argumentsOf(call, param, view) },
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    };
  });
};

const callId = (id: string | undefined, { dialect, model }: ContentsView): JsonObject =>
  id !== undefined && id !== '' && dialect.sendsCallIds && model.isAtLeast(3) ? { id } : {};

const argumentsOf = (call: JsonObject, param: string, view: ContentsView): JsonObject => {
  const custom = objectAt(call, 'custom');
  if (custom !== undefined) return { input: custom.input };
  const object = argumentsObject(objectAt(call, 'function')?.arguments);
  if (object !== undefined) return object;
  view.note({ kind: 'replaced', param: `${param}.function.arguments`, reason: 'not a JSON object; sent as {}' });
  return {};
};

const signatureOf = (call: JsonObject): string | undefined =>
  stringAt(objectAt(call, 'function'), 'thought_signature') ??
  stringAt(objectAt(objectAt(call, 'extra_content'), 'google'), 'thought_signature');

const resultParts = (
  message: JsonObject,
  path: string,
  callNames: ReadonlyMap<string, string>,
  view: ContentsView,
): readonly JsonObject[] => {
  const id = stringAt(message, 'tool_call_id');
  const name = stringAt(message, 'name') ?? (id === undefined ? undefined : callNames.get(id)) ?? 'unknown_function';
  const others = isArray(message.content) ? message.content.map((part) => (isTextPart(part) ? '' : part)) : [];
  const media = contentParts(others, path, view);
  const carriesMedia = media.length > 0 && view.model.isAtLeast(3);
  const functionResponse = {
    ...callId(id, view),
    name,
    response: { [message.is_error === true ? 'error' : 'output']: textOf(message.content) },
    ...(carriesMedia ? { parts: media } : {}),
  };
  return [{ functionResponse }, ...(carriesMedia ? [] : media)];
};

const isTextPart = (part: Json): boolean => typeof part === 'string' || (isObject(part) && part.type === 'text');
