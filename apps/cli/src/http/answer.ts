import { ApiFailure, type ApiRefusal } from '../failure.ts';
import { isArray, isObject, type JsonObject, textOf } from '../json.ts';

const ANSWER_MAX_BYTES = 32 * 1024 * 1024;

/** The text of an answer, as far as there may be any. @throws ApiFailure  when it goes on beyond that */
export const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    sizeBytes += bytes.byteLength;
    if (sizeBytes > ANSWER_MAX_BYTES) {
      throw failure(response, {
        code: 'answer_too_large',
        sentence: `The answer has more than ${ANSWER_MAX_BYTES} bytes.`,
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const failure = (
  response: Response,
  { code, type = '', sentence, problems = [] }: Pick<ApiRefusal, 'code' | 'sentence'> & Partial<ApiRefusal>,
): ApiFailure =>
  new ApiFailure({
    status: response.status,
    code,
    type,
    sentence,
    problems,
    traceId: response.headers.get('x-portkey-trace-id') ?? undefined,
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The refusal in an answer. Gateways and the management API have bodies of their own; either is read. */
const refusalOf = (response: Response, body: JsonObject): ApiFailure => {
  const error = isObject(body.error) ? body.error : {};
  const data = isObject(body.data) ? body.data : {};
  const sentence = textOf(error, 'message') || textOf(data, 'message') || textOf(body, 'message');
  const code = textOf(error, 'code') || textOf(data, 'errorCode');
  const problems = isArray(body.errors) ? body.errors.map(String) : [];
  return failure(response, {
    code,
    type: textOf(error, 'type'),
    sentence: sentence || 'The platform gave no reason.',
    problems,
  });
};

/**
 * The object that an answer consists of.
 * @throws ApiFailure  for a refusal, and for what no platform of ours says
 */
export const readAnswer = (response: Response, text: string): JsonObject => {
  if (response.status >= 300 && response.status < 400) {
    throw failure(response, {
      code: 'redirect',
      sentence: 'The address answers with a redirect, which is not followed: the key stays here.',
    });
  }
  const body = parsed(text);
  if (!response.ok) throw refusalOf(response, isObject(body) ? body : {});
  if (!isObject(body)) {
    throw failure(response, {
      code: 'not_json',
      sentence: 'The answer is no JSON object: is this the address of a platform?',
    });
  }
  return body;
};
