import { PlatformError } from '@portolan/service-kit';
import { isObject, type JsonObject } from './json.ts';

/** What somebody thinks of the calls of a trace. */
export interface Verdict {
  /** From -10 to 10. */
  readonly value: number;
  /** From 0 to 1. */
  readonly weight: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Feedback extends Verdict {
  readonly traceId: string;
}

const VALUE_MAX = 10;
const TEXT_MAX = 128;
const METADATA_MAX = 128;
const TRACE_ID_MAX = 512;
export const FEEDBACK_AT_ONCE_MAX = 1_000;

/** The sentences and codes that clients of this path know. */
export const feedbackProblem = (sentence: string, code: string, param: string): PlatformError =>
  new PlatformError('invalid_request_error', { public: `Portkey Error: ${sentence}. Error code: ${code}`, param });

const parsedText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** An object, or the JSON text of one; keys and values are cut, and what is no text becomes its JSON. */
const readMetadata = (given: unknown): Verdict['metadata'] => {
  const metadata = typeof given === 'string' ? parsedText(given) : given;
  if (!isObject(metadata)) return {};
  return Object.fromEntries(
    Object.entries(metadata)
      .slice(0, METADATA_MAX)
      .map(([name, value]) => [
        name.slice(0, TEXT_MAX),
        (typeof value === 'string' ? value : JSON.stringify(value ?? null)).slice(0, TEXT_MAX),
      ]),
  );
};

const readWeight = (weight: unknown): number => (typeof weight === 'number' && weight >= 0 && weight <= 1 ? weight : 1);

/** @throws PlatformError  in the words of this path */
export const readVerdict = (given: JsonObject): Verdict => {
  const { value } = given;
  if (value === undefined || value === null) throw feedbackProblem('value is required', '032', 'value');
  if (typeof value !== 'number' || !(Math.abs(value) <= VALUE_MAX)) {
    throw feedbackProblem('value must be a number from -10 to 10', '033', 'value');
  }
  return { value, weight: readWeight(given.weight), metadata: readMetadata(given.metadata) };
};

const readOne = (given: unknown): Feedback => {
  if (!isObject(given)) throw feedbackProblem('Invalid Request Body', '03', 'body');
  const { trace_id: traceId = given.traceId } = given;
  if (traceId === undefined || traceId === null || traceId === '') {
    throw feedbackProblem('trace_id is required', '032', 'trace_id');
  }
  if (typeof traceId !== 'string' || traceId.length > TRACE_ID_MAX) {
    throw feedbackProblem(`trace_id must be a text of at most ${TRACE_ID_MAX} characters`, '03', 'trace_id');
  }
  return { traceId, ...readVerdict(given) };
};

/** One or many, all of them or none. @throws PlatformError  in the words of this path */
export const readFeedback = (body: JsonObject, items: readonly unknown[] | undefined): readonly Feedback[] => {
  if (items === undefined && Object.keys(body).length === 0)
    throw feedbackProblem('Invalid Request Body', '03', 'body');
  if (items !== undefined && (items.length === 0 || items.length > FEEDBACK_AT_ONCE_MAX)) {
    throw feedbackProblem(`There must be 1 to ${FEEDBACK_AT_ONCE_MAX} feedbacks`, '031', 'body');
  }
  return (items ?? [body]).map(readOne);
};
