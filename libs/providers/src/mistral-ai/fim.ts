import { withOneTokenLimit } from '../chat/max-tokens.ts';
import { textOf } from '../chat/text-parts.ts';
import { applyParams, isAbsent } from '../params.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import { arrayAt, isArray, isObject, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, StreamAdapter, StreamItem, UpstreamRequest } from '../spec/provider.ts';
import { fimParams } from './params.ts';
import { chatAnswer } from './response.ts';
import { sameOr } from './same.ts';
import { chatStream } from './stream.ts';

/** True when the target asks for fill-in-the-middle: setting `mistral_fim_completion` is "true". */
export const wantsFim = ({ options }: CallContext): boolean => options.settings.mistral_fim_completion === 'true';

/**
 * A body with `prompt` and `suffix` for the fill-in-the-middle endpoint. A chat body without a prompt gives the text
 * of its last user message.
 * @throws UnsupportedValue for several prompts, token ids, no prompt, or more than one answer
 */
export const fimRequest = (original: JsonObject, _ctx: CallContext): UpstreamRequest => {
  const body = withOneTokenLimit(original);
  if (!isAbsent(body.n) && body.n !== 1) {
    throw new UnsupportedValue('fill-in-the-middle gives one answer; n must be 1', 'n');
  }
  const { draft, notices } = applyParams(fimParams, body, 'drop');
  draft.set('prompt', promptOf(body));
  return { path: '/fim/completions', body: sameOr(original, draft.body), notices };
};

const promptOf = (body: JsonObject): string => {
  const prompt = isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt;
  if (typeof prompt === 'string') return prompt;
  const user = arrayAt(body, 'messages').findLast((message) => isObject(message) && message.role === 'user');
  if (!isAbsent(prompt) || !isObject(user)) {
    throw new UnsupportedValue('prompt must be one text for fill-in-the-middle', 'prompt');
  }
  return textOf(user.content);
};

/** The answer in the form of a text completion. @throws InvalidUpstreamResponse without choices */
export const completeAnswer = (...given: Parameters<typeof chatAnswer>): Answer => {
  const { body, ...rest } = chatAnswer(...given);
  const choices = arrayAt(body, 'choices').filter(isObject);
  return {
    ...rest,
    body: { ...body, object: 'text_completion', choices: choices.map((choice) => textChoice(choice, 'message')) },
  };
};

/** Chunks in the form of a text completion; those that would say nothing are left out. */
export const completeStream: StreamAdapter = {
  framing: chatStream.framing,
  decoder(ctx) {
    const chat = chatStream.decoder(ctx);
    return {
      onEvent: (event) => chat.onEvent(event).flatMap(textItems),
      onClose: () => chat.onClose().flatMap(textItems),
    };
  },
};

const textItems = (item: StreamItem): readonly StreamItem[] => {
  if (item.type !== 'chunk') return [item];
  const given = arrayAt(item.chunk, 'choices').filter(isObject);
  const choices = given
    .map((choice) => textChoice(choice, 'delta'))
    .filter((choice) => choice.text !== '' || choice.finish_reason !== null);
  const saysNothing = given.length > 0 && choices.length === 0;
  return saysNothing ? [] : [{ type: 'chunk', chunk: { ...item.chunk, object: 'text_completion', choices } }];
};

const textChoice = (choice: JsonObject, part: 'message' | 'delta'): JsonObject => ({
  text: stringAt(objectAt(choice, part), 'content') ?? '',
  index: choice.index,
  logprobs: null,
  finish_reason: choice.finish_reason,
});
