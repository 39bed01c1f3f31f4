import { isArray, type JsonObject, numberAt, objectAt, objectsAt, sseFrame, stringAt } from '@portolan/rehearsal';
import type { Ask, Sent } from '../dialect.ts';
import type { Said } from '../say.ts';

const textOf = (content: JsonObject | undefined): string =>
  objectsAt(content, 'parts')
    .map((part) => stringAt(part, 'text') ?? '')
    .join('');

/** @param model from the path @param stream which of the two methods was called */
export const generateAsk = (body: JsonObject, model: string, stream: boolean): Ask => {
  const contents = objectsAt(body, 'contents');
  const lastPart = objectsAt(contents.at(-1), 'parts').at(-1);
  const response = objectAt(objectAt(lastPart, 'functionResponse'), 'response');
  const config = objectAt(body, 'generationConfig');
  const json = config?.responseMimeType === 'application/json';
  return {
    model,
    stream,
    promptText: [objectAt(body, 'systemInstruction'), ...contents].map(textOf).join(' '),
    userText: textOf(contents.findLast((content) => content.role !== 'model')),
    toolResult: response === undefined ? undefined : JSON.stringify(response),
    tools: objectsAt(body, 'tools')
      .flatMap((tool) => objectsAt(tool, 'functionDeclarations'))
      .map((tool) => ({
        name: stringAt(tool, 'name') ?? '',
        schema: objectAt(tool, 'parameters') ?? objectAt(tool, 'parametersJsonSchema'),
      })),
    toolChoice: choiceOf(objectAt(objectAt(body, 'toolConfig'), 'functionCallingConfig')),
    maxTokens: numberAt(config, 'maxOutputTokens'),
    jsonSchema: json ? (objectAt(config, 'responseSchema') ?? objectAt(config, 'responseJsonSchema') ?? {}) : undefined,
  };
};

const choiceOf = (config: JsonObject | undefined): Ask['toolChoice'] => {
  if (config?.mode === 'NONE') return 'none';
  if (config?.mode !== 'ANY') return 'auto';
  const allowed = config.allowedFunctionNames;
  const only = isArray(allowed) ? allowed[0] : undefined;
  return typeof only === 'string' ? { name: only } : 'required';
};

const FINISH: Readonly<Record<Said['finish'], string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

/** Output here excludes thoughts; the prompt includes what came from the cache. */
const usageOf = ({ usage }: Said) => ({
  promptTokenCount: usage.promptTokens,
  candidatesTokenCount: usage.completionTokens - usage.reasoningTokens,
  totalTokenCount: usage.promptTokens + usage.completionTokens,
  ...(usage.reasoningTokens > 0 ? { thoughtsTokenCount: usage.reasoningTokens } : {}),
  ...(usage.cacheReadTokens > 0 ? { cachedContentTokenCount: usage.cacheReadTokens } : {}),
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.promptTokens }],
});

const response = (said: Said, parts: readonly object[], usage: object, finish?: string) => ({
  candidates: [
    { content: { role: 'model', parts }, ...(finish === undefined ? {} : { finishReason: finish }), index: 0 },
  ],
  usageMetadata: usage,
  modelVersion: said.model,
  responseId: said.mark,
});

const partsOf = (said: Said, texts: readonly string[]): readonly object[] => [
  ...(said.thinking === '' ? [] : [{ text: said.thinking, thought: true }]),
  ...texts.map((text) => ({ text })),
  // Only the first call of a group is signed.
  ...said.toolCalls.map((call, at) => ({
    functionCall: { name: call.name, args: call.arguments },
    ...(at === 0 ? { thoughtSignature: Buffer.from(said.mark).toString('base64') } : {}),
  })),
];

/** @param sse false: the stream is one JSON array, as without `alt=sse` */
export const answerGenerate = (said: Said, ask: Ask, sse: boolean): Sent => {
  const finish = FINISH[said.finish];
  if (!ask.stream) {
    const texts = said.pieces.length === 0 ? [] : [said.pieces.join('')];
    return { body: response(said, partsOf(said, texts), usageOf(said), finish) };
  }
  const parts = partsOf(said, said.pieces);
  const early = { promptTokenCount: said.usage.promptTokens, totalTokenCount: said.usage.promptTokens };
  const last = parts.length - 1;
  const responses =
    last < 0
      ? [response(said, [], usageOf(said), finish)]
      : parts.map((part, at) =>
          at < last ? response(said, [part], early) : response(said, [part], usageOf(said), finish),
        );
  return sse
    ? { events: responses.map((one) => sseFrame(one)) }
    : { events: arrayFrames(responses), contentType: 'application/json; charset=UTF-8' };
};

const arrayFrames = (responses: readonly object[]): Uint8Array[] => {
  const encoder = new TextEncoder();
  return responses.map((one, at) =>
    encoder.encode(`${at === 0 ? '[' : ',\r\n'}${JSON.stringify(one)}${at === responses.length - 1 ? ']' : ''}`),
  );
};
