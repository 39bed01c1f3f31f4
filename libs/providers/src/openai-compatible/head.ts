import { isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { CompatibleProvider } from './descriptor.ts';

const MILLISECONDS_FROM = 1e12;

/** Unix seconds, also where the provider counts milliseconds. */
export const inSeconds = (created: number): number =>
  created > MILLISECONDS_FROM ? Math.floor(created / 1000) : created;

/** The fields of an answer or chunk that its caller may not see. */
export const hiddenFields = (descriptor: CompatibleProvider, strict: boolean): readonly string[] => [
  ...(descriptor.answerDrop ?? []),
  ...(strict ? (descriptor.answerExtras ?? []) : []),
];

/** A copy without these fields. */
export const withoutFields = (from: JsonObject, names: readonly string[]): Record<string, Json | undefined> => {
  const copy: Record<string, Json | undefined> = { ...from };
  for (const name of names) delete copy[name];
  return copy;
};

/** The usage object of an answer or chunk, wherever this provider puts it. */
export const rawUsage = (from: JsonObject, descriptor: CompatibleProvider): JsonObject | undefined => {
  if (isObject(from.usage)) return from.usage;
  if (descriptor.streamUsage !== 'x_groq' || !isObject(from.x_groq)) return undefined;
  return isObject(from.x_groq.usage) ? from.x_groq.usage : undefined;
};
