import { cacheMarkerNotices } from '../chat/cache-markers.ts';
import { withOneTokenLimit } from '../chat/max-tokens.ts';
import { applyParams, isAbsent } from '../params.ts';
import { isArray, type JsonObject, stringAt } from '../spec/json.ts';
import type { CallContext, Notice, UpstreamRequest } from '../spec/provider.ts';
import { mistralMessages } from './messages.ts';
import { chatParams } from './params.ts';
import { sameOr } from './same.ts';
import { mistralTools } from './tools.ts';

/** Models that take `reasoning_effort`. @source Mistral documentation, "Reasoning" */
const REASONING_MODELS: ReadonlySet<string> = new Set([
  'mistral-small-latest',
  'mistral-small-2603',
  'mistral-medium-3',
  'mistral-medium-3-5',
  'mistral-medium-3.5',
  'mistral-medium-latest',
  'mistral-medium-2604',
]);

/** A chat body in Mistral's terms: the very same object when it is already in them. */
export const chatRequest = (original: JsonObject, _ctx: CallContext): UpstreamRequest => {
  const body = withOneTokenLimit(original);
  const { draft, notices } = applyParams(chatParams, body, 'drop');
  const note = (notice: Notice) => void notices.push(notice);
  if (isArray(body.messages)) draft.set('messages', mistralMessages(body.messages, note));
  const { tools, choice } = mistralTools(body, note);
  if (tools !== undefined) draft.set('tools', tools);
  if (choice !== undefined) draft.set('tool_choice', choice);
  const effort = effortOf(body, stringAt(draft.body, 'model') ?? '', note);
  if (effort !== undefined) draft.set('reasoning_effort', effort);
  return {
    path: '/chat/completions',
    body: sameOr(original, draft.body),
    notices: [...notices, ...cacheMarkerNotices(body)],
  };
};

/** There is thinking or there is none; every degree of it is the same. */
const effortOf = (body: JsonObject, model: string, note: (notice: Notice) => void): string | undefined => {
  const effort = body.reasoning_effort;
  if (isAbsent(effort)) return undefined;
  if (!REASONING_MODELS.has(model)) {
    note({ kind: 'dropped', param: 'reasoning_effort', reason: 'not a parameter of this model' });
    return undefined;
  }
  if (effort === 'none' || effort === 'high') return effort;
  note({ kind: 'replaced', param: 'reasoning_effort', reason: 'known efforts are none and high' });
  return 'high';
};
