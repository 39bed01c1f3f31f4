import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { isArray, type JsonObject, objectAt } from '../spec/json.ts';
import type { Answer, CallContext, HeaderMap } from '../spec/provider.ts';
import { usageOf } from './usage.ts';

/** @throws InvalidUpstreamResponse when the named list is missing: then it is no answer of this endpoint */
export const requireList = (body: JsonObject, name: 'choices' | 'data', provider: string): void => {
  if (isArray(body[name])) return;
  throw new InvalidUpstreamResponse(
    `Invalid response received from ${provider}: ${JSON.stringify(body).slice(0, 500)}`,
  );
};

/** Relays an answer as it is and reads its usage. */
export const relayAnswer =
  (list: 'choices' | 'data') =>
  (body: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
    requireList(body, list, ctx.provider);
    return { body, usage: usageOf(objectAt(body, 'usage'), body) };
  };
