import { requireList } from '../openai/response.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { arrayAt, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, HeaderMap } from '../spec/provider.ts';
import type { CompatibleEndpoint, CompatibleProvider } from './descriptor.ts';
import { finishReason } from './finish-reason.ts';
import { hiddenFields, inSeconds, rawUsage, withoutFields } from './head.ts';
import { callsTools, fixedMessage } from './message.ts';
import { compatibleUsage, fixedUsage } from './usage.ts';

/** Answers of one endpoint, relayed with the provider's slips put right and its id added. */
export const compatibleAnswer = (descriptor: CompatibleProvider, endpoint: CompatibleEndpoint) => {
  const list = endpoint === 'embed' ? 'data' : 'choices';
  return (body: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
    const failure = descriptor.failure?.(body);
    if (failure !== undefined) throw new InvalidUpstreamResponse(failure);
    requireList(body, list, descriptor.id);
    const raw = rawUsage(body, descriptor);
    const usage = raw === undefined ? undefined : fixedUsage(raw, descriptor.usage ?? []);
    const answer: JsonObject = {
      ...withoutFields(body, hiddenFields(descriptor, ctx.strict)),
      ...(endpoint === 'embed' ? { object: 'list' } : headOf(body, endpoint, ctx)),
      provider: descriptor.id,
      ...(list === 'data' ? {} : { choices: arrayAt(body, 'choices').map(choiceFix(descriptor, endpoint, ctx)) }),
      ...(usage === undefined ? {} : { usage }),
    };
    return {
      body: answer,
      usage: usage === undefined ? undefined : compatibleUsage(usage, body),
    };
  };
};

const headOf = (body: JsonObject, endpoint: CompatibleEndpoint, ctx: CallContext): JsonObject => ({
  id: stringAt(body, 'id') ?? ctx.newId('chatcmpl-'),
  object: endpoint === 'complete' ? 'text_completion' : 'chat.completion',
  created: inSeconds(numberAt(body, 'created') ?? ctx.now()),
});

const choiceFix =
  (descriptor: CompatibleProvider, endpoint: CompatibleEndpoint, ctx: CallContext) =>
  (choice: Json, position: number): Json => {
    if (!isObject(choice)) return choice;
    const message = endpoint === 'chatComplete' ? objectAt(choice, 'message') : undefined;
    return {
      ...choice,
      index: numberAt(choice, 'index') ?? position,
      ...(message === undefined ? {} : { message: fixedMessage(message) }),
      finish_reason: finishReason(choice.finish_reason, {
        hasCalls: message !== undefined && callsTools(message),
        strict: ctx.strict,
        known: descriptor.finish ?? {},
      }),
    };
  };
