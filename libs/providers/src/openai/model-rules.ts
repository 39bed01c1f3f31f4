import { isAbsent } from '../params.ts';
import { isArray, isObject } from '../spec/json.ts';
import { type BodyEdit, mapShared } from './body-edit.ts';
import { acceptsTier, effortsOf, familyOf, type ModelFamily, nearestEffort } from './model-family.ts';

const REFUSED_BY_REASONING = ['frequency_penalty', 'presence_penalty', 'logit_bias', 'top_logprobs'] as const;
const REFUSED_WHILE_THINKING = ['temperature', 'top_p', 'logprobs'] as const;
const SEARCH_PREVIEW = /^gpt-4o(-mini)?-search-preview/;

/**
 * Fits a chat body to what its model accepts, with a notice for everything that was lost. Only for targets that
 * ask for it, and for bodies that the gateway wrote itself: a caller who writes for a model knows it better.
 */
export const applyModelRules = (edit: BodyEdit): void => {
  const model = edit.get('model');
  if (typeof model !== 'string') return;
  const family = familyOf(model);
  renameRole(edit, family.kind === 'reasoning' ? ['system', 'developer'] : ['developer', 'system']);
  if (family.kind === 'reasoning') fitReasoning(edit, family);
  else fitPlain(edit, family);
  if (SEARCH_PREVIEW.test(model)) edit.drop('temperature', 'search models do not sample');
  const tier = edit.get('service_tier');
  if (typeof tier === 'string' && !acceptsTier(tier, family)) {
    edit.drop('service_tier', `${model} is not served under this tier`);
  }
};

const renameRole = (edit: BodyEdit, [from, into]: readonly [string, string]): void => {
  const messages = edit.get('messages');
  if (!isArray(messages)) return;
  edit.set(
    'messages',
    mapShared(messages, (message) =>
      isObject(message) && message.role === from ? { ...message, role: into } : message,
    ),
  );
};

const fitReasoning = (edit: BodyEdit, family: ModelFamily): void => {
  const maxTokens = edit.get('max_tokens');
  if (maxTokens !== undefined) {
    const isNews = isAbsent(edit.get('max_completion_tokens'));
    edit.remove('max_tokens');
    if (isNews && !isAbsent(maxTokens)) edit.set('max_completion_tokens', maxTokens);
    edit.note({ kind: 'replaced', param: 'max_tokens', reason: 'sent as max_completion_tokens' });
  }
  const wanted = edit.get('reasoning_effort');
  if (typeof wanted === 'string') {
    const effort = nearestEffort(wanted, effortsOf(family));
    if (effort !== wanted) {
      edit.set('reasoning_effort', effort);
      edit.note({ kind: 'clamped', param: 'reasoning_effort', reason: `the model accepts ${effort} at this end` });
    }
  }
  for (const name of REFUSED_BY_REASONING) edit.drop(name, 'reasoning models refuse it');
  const mayNotThink = (family.gpt ?? 0) >= 501 && edit.get('reasoning_effort') === 'none';
  if (!mayNotThink) for (const name of REFUSED_WHILE_THINKING) edit.drop(name, 'refused while the model reasons');
  if ((family.oSeries ?? 0) >= 3 || (family.oSeries === undefined && !mayNotThink)) {
    edit.drop('stop', 'reasoning models refuse it');
  }
};

const fitPlain = (edit: BodyEdit, family: ModelFamily): void => {
  edit.drop('reasoning_effort', 'the model does not reason');
  if ((family.gpt ?? 0) < 500) edit.drop('verbosity', 'known from gpt-5 on');
};
