import type { Reply, Step, Understood } from '../exchange.ts';
import { lookTwice } from '../look-twice.ts';
import { fillPrompt } from '../prompts/fill-prompt.ts';
import { promptWorkspace } from '../prompts/prompt-workspace.ts';
import { plainReply } from './plain-reply.ts';

/** A prompt that is only filled in: nobody is called, nothing is recorded, it costs nothing. All other calls go on. */
export const renderPrompt: Step<Understood, Understood> = (next) => (call) => {
  if (call.asks !== 'renderPrompt') return next(call);
  return rendered(call);
};

const rendered = async (call: Understood): Promise<Reply> => {
  const workspace = await promptWorkspace(call);
  const filled = await lookTwice(workspace, (each) => fillPrompt(each, call.named, call.body));
  return plainReply(200, { success: true, data: filled.body }, call.startedAtMs);
};
