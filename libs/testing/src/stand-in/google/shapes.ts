import { isObject, type JsonObject, objectAt, objectsAt } from '@portolan/rehearsal';
import {
  anyObject,
  anything,
  choice,
  firstOf,
  flag,
  integer,
  invalid,
  lazy,
  listOf,
  number,
  object,
  type Path,
  type Problem,
  type Shape,
  text,
  withRule,
} from '../shape.ts';

/** The part of OpenAPI that the provider takes for a schema; everything else is an unknown field. */
const schema: Shape = lazy(() =>
  object(
    {},
    {
      type: text({ pattern: /^(string|number|integer|boolean|array|object|null)$/i }),
      format: text(),
      title: text(),
      description: text(),
      nullable: flag,
      enum: listOf(text()),
      items: schema,
      maxItems: anything,
      minItems: anything,
      properties: mapOf(schema),
      required: listOf(text()),
      minProperties: anything,
      maxProperties: anything,
      minLength: anything,
      maxLength: anything,
      pattern: text(),
      example: anything,
      anyOf: listOf(schema),
      propertyOrdering: listOf(text()),
      default: anything,
      minimum: number(),
      maximum: number(),
    },
  ),
);

const mapOf =
  (shape: Shape): Shape =>
  (value, path) =>
    anyObject(value, path) ??
    firstOf(Object.entries(isObject(value) ? value : {}), ([key, item]) => shape(item ?? null, [...path, key]));

const blob = object({ mimeType: text({ min: 1 }), data: text({ min: 1 }) }, { displayName: text() });

/** A part holds exactly one kind of data, with marks beside it. */
const DATA_FIELDS = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
];

const part: Shape = withRule(
  object(
    {},
    {
      text: text({ min: 1 }),
      thought: flag,
      thoughtSignature: text({ min: 1 }),
      inlineData: blob,
      fileData: object({ fileUri: text({ min: 1 }) }, { mimeType: text() }),
      functionCall: object({ name: text({ min: 1 }) }, { id: text(), args: anyObject }),
      functionResponse: object(
        { name: text({ min: 1 }), response: anyObject },
        { id: text(), parts: listOf(object({}, { inlineData: blob })) },
      ),
      executableCode: anyObject,
      codeExecutionResult: anyObject,
      videoMetadata: anyObject,
      mediaResolution: anyObject,
    },
  ),
  (value, path) =>
    DATA_FIELDS.filter((field) => value[field] !== undefined).length === 1
      ? undefined
      : invalid(path, 'must have exactly one kind of data'),
);

const content = object({ parts: listOf(part, { min: 1 }) }, { role: choice('user', 'model') });

const functionDeclaration = object(
  { name: text({ pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/ }) },
  { description: text(), parameters: schema, parametersJsonSchema: anyObject, response: schema },
);

const tool = object(
  {},
  {
    functionDeclarations: listOf(functionDeclaration, { min: 1 }),
    googleSearch: anyObject,
    googleSearchRetrieval: anyObject,
    googleMaps: anyObject,
    computerUse: anyObject,
    urlContext: anyObject,
    codeExecution: anyObject,
  },
);

const toolConfig = object(
  {},
  {
    functionCallingConfig: object(
      { mode: choice('AUTO', 'ANY', 'NONE', 'VALIDATED') },
      { allowedFunctionNames: listOf(text()) },
    ),
    retrievalConfig: anyObject,
    includeServerSideToolInvocations: flag,
  },
);

const generationConfig = object(
  {},
  {
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: integer(),
    maxOutputTokens: integer(1),
    candidateCount: integer(1, 8),
    stopSequences: listOf(text({ min: 1 }), { max: 5 }),
    presencePenalty: number(-2, 2),
    frequencyPenalty: number(-2, 2),
    seed: integer(Number.MIN_SAFE_INTEGER),
    responseLogprobs: flag,
    logprobs: integer(0, 20),
    responseMimeType: text(),
    responseSchema: schema,
    responseJsonSchema: anyObject,
    responseModalities: listOf(choice('TEXT', 'IMAGE', 'AUDIO')),
    speechConfig: anyObject,
    imageConfig: anyObject,
    mediaResolution: text({ pattern: /^MEDIA_RESOLUTION_/ }),
    thinkingConfig: object(
      {},
      {
        thinkingBudget: integer(-1),
        thinkingLevel: choice('MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
        includeThoughts: flag,
      },
    ),
  },
);

/** @param signed whether this model refuses a replayed call without its thought signature */
export const generateShape = (signed: boolean): Shape =>
  withRule(
    object(
      { contents: listOf(content, { min: 1 }) },
      {
        systemInstruction: object({ parts: listOf(part, { min: 1 }) }, { role: text() }),
        tools: listOf(tool),
        toolConfig,
        generationConfig,
        safetySettings: listOf(object({ category: text(), threshold: text() })),
        cachedContent: text(),
        serviceTier: choice('standard', 'flex', 'priority'),
      },
    ),
    (body, path) => turnRule(body, path, signed) ?? configRule(body, path),
  );

/** As many responses as calls, right after them; and the first call of a turn signed where that is asked for. */
const turnRule = (body: JsonObject, path: Path, signed: boolean): Problem | undefined => {
  const contents = objectsAt(body, 'contents');
  return firstOf(contents.entries(), ([at, turn]) => {
    const here = [...path, 'contents', at];
    const calls = objectsAt(turn, 'parts').filter((item) => item.functionCall !== undefined);
    const answers = objectsAt(contents[at + 1], 'parts').filter((item) => item.functionResponse !== undefined);
    if (calls.length > 0 && answers.length !== calls.length)
      return invalid(here, 'must have as many function responses after it as it has calls');
    const answersNothing =
      objectsAt(turn, 'parts').some((item) => item.functionResponse !== undefined) &&
      objectsAt(contents[at - 1], 'parts').every((item) => item.functionCall === undefined);
    if (answersNothing) return invalid(here, 'has a function response without a call before it');
    const unsigned = signed && calls.length > 0 && calls[0]?.thoughtSignature === undefined;
    return unsigned ? invalid([...here, 'parts'], 'is missing a thought_signature in its function call') : undefined;
  });
};

const configRule = (body: JsonObject, path: Path): Problem | undefined => {
  const config = objectAt(body, 'generationConfig');
  const here = [...path, 'generationConfig'];
  const thinking = objectAt(config, 'thinkingConfig');
  if (thinking?.thinkingBudget !== undefined && thinking.thinkingLevel !== undefined) {
    return invalid([...here, 'thinkingConfig'], 'may not set budget and level together');
  }
  const hasSchema = config?.responseSchema !== undefined || config?.responseJsonSchema !== undefined;
  return hasSchema && config?.responseMimeType !== 'application/json'
    ? invalid([...here, 'responseSchema'], 'needs the response type application/json')
    : undefined;
};

const TASKS = [
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
];

export const embedShape: Shape = object(
  { content: object({ parts: listOf(part, { min: 1 }) }, { role: text() }) },
  {
    model: text({ pattern: /^models\// }),
    taskType: choice(...TASKS),
    title: text(),
    outputDimensionality: integer(1, 3072),
  },
);

export const batchEmbedShape: Shape = object({ requests: listOf(embedShape, { min: 1, max: 100 }) });

export const countShape: Shape = object({}, { contents: listOf(content), generateContentRequest: anyObject });
