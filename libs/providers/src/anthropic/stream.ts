import { type ChunkHead, choiceChunk, roleDelta, usageChunk } from '../chat/chunks.ts';
import { asFunctionCallChunk } from '../chat/legacy-functions.ts';
import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { CallContext, StreamDecoder, StreamItem, WireEvent } from '../spec/provider.ts';
import { type CallerForm, callerForm } from './caller-form.ts';
import { errorIn, statusOf } from './errors.ts';
import { finishReason } from './finish-reason.ts';
import { openBlocks } from './open-blocks.ts';
import { choiceExtras, refusalText } from './response.ts';
import { publicServiceTier, publicUsage, toUsage } from './usage.ts';

type Handler = (event: JsonObject) => readonly StreamItem[] | undefined;

/**
 * Decodes the events of one streamed message. An error, or an event that cannot be read, ends it: nothing that
 * comes after is told.
 * @param form  how the caller wants to be told
 * @source the provider's page "Streaming messages"
 */
export const messagesDecoder = (ctx: CallContext, form: CallerForm = callerForm(ctx)): StreamDecoder => {
  const blocks = openBlocks(form, ctx.strict);
  let head: ChunkHead | undefined;
  let rawUsage: JsonObject | undefined;
  let isFinished = false;
  let isOver = false;

  const chunk = (json: JsonObject): StreamItem => ({
    type: 'chunk',
    chunk: form.functions ? asFunctionCallChunk(json) : json,
  });
  const tell = (deltas: readonly JsonObject[] | undefined): readonly StreamItem[] | undefined => {
    const at = head;
    return at === undefined ? undefined : deltas?.map((delta) => chunk(choiceChunk(at, 0, delta)));
  };
  /** Counts are totals so far; what is not named anew stays. */
  const metered = (raw: JsonObject | undefined): readonly StreamItem[] => {
    if (raw === undefined) return [];
    rawUsage = { ...rawUsage, ...Object.fromEntries(Object.entries(raw).filter(([, count]) => count !== null)) };
    const usage = toUsage(rawUsage);
    return usage === undefined ? [] : [{ type: 'usage', usage }];
  };
  const finish = (at: ChunkHead, outcome: JsonObject): readonly StreamItem[] => {
    if (isFinished) return [];
    isFinished = true;
    const refusal = refusalText(outcome);
    const usage = toUsage(rawUsage);
    const reason = finishReason(stringAt(outcome, 'stop_reason'), {
      strict: ctx.strict,
      toolCalls: blocks.calls > 0,
      jsonTool: blocks.jsonTool,
    });
    const last = { index: 0, delta: {}, finish_reason: reason, ...choiceExtras(outcome, ctx.strict) };
    return [
      ...(refusal === undefined ? [] : [chunk(choiceChunk(at, 0, { refusal }))]),
      chunk({
        ...choiceChunk(at, 0, {}),
        choices: [last],
        ...publicServiceTier(usage),
        ...(usage === undefined || ctx.strict || ctx.includeUsage ? {} : { usage: publicUsage(usage) }),
      }),
    ];
  };

  const handlers: Readonly<Record<string, Handler>> = {
    message_start({ message }) {
      if (!isObject(message) || head !== undefined) return undefined;
      const { provider } = ctx;
      const id = stringAt(message, 'id') ?? ctx.newId('chatcmpl-');
      head = { id, created: ctx.now(), model: stringAt(message, 'model') ?? form.model, provider };
      return [chunk(choiceChunk(head, 0, roleDelta)), ...metered(objectAt(message, 'usage'))];
    },
    content_block_start: (event) => tell(blocks.start(event)),
    content_block_delta: (event) => tell(blocks.delta(event)),
    content_block_stop: (event) => tell(blocks.stop(event)),
    message_delta(event) {
      if (head === undefined) return undefined;
      const usage = metered(objectAt(event, 'usage'));
      const outcome = objectAt(event, 'delta') ?? {};
      return stringAt(outcome, 'stop_reason') === undefined ? usage : [...usage, ...finish(head, outcome)];
    },
    message_stop() {
      if (head === undefined) return undefined;
      isOver = true;
      const usage = toUsage(rawUsage);
      return [
        ...finish(head, {}),
        ...(usage === undefined || !ctx.includeUsage ? [] : [chunk(usageChunk(head, publicUsage(usage)))]),
        { type: 'end' },
      ];
    },
    error(event) {
      const error = errorIn(event);
      if (error === undefined) return undefined;
      isOver = true;
      return [{ type: 'error', status: statusOf(error.type), error }];
    },
  };

  return {
    onEvent({ data }: WireEvent) {
      if (isOver) return [];
      const event = parseEventObject(data);
      const type = stringAt(event, 'type');
      const handle = type !== undefined && Object.hasOwn(handlers, type) ? handlers[type] : undefined;
      if (event !== undefined && type !== undefined && handle === undefined) return [];
      const items = event === undefined ? undefined : handle?.(event);
      if (items !== undefined) return items;
      isOver = true;
      return [malformedEvent(data)];
    },
    onClose: () => [],
  };
};
