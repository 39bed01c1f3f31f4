import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { namedBy } from '../../../access/named.ts';
import type { Lock } from '../../../store/named.ts';
import { findPromptVersion, type PromptVersionRow } from '../../../store/prompt-versions.ts';
import { findPrompt, type PromptRow } from '../../../store/prompts.ts';
import type { Call } from '../../call.ts';

/** The prompt that a slug or id names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const promptByRef = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  ref: string,
  lock: Lock = 'look',
): Promise<PromptRow> => {
  const prompt = await findPrompt(sql, namedBy(call, ref), lock);
  if (prompt === undefined) throw notFound('prompt');
  await authorize(sql, call, [scope], { workspaceId: prompt.workspace_id, named: 'object' });
  return prompt;
};

/** The prompt that the path names. */
export const promptOfPath = (sql: Sql, call: Call, scope: Scope, lock: Lock = 'look'): Promise<PromptRow> =>
  promptByRef(sql, call, scope, call.params.prompt ?? '', lock);

/** The version that everything new is made from. */
export const latestVersion = async (sql: Sql, prompt: PromptRow): Promise<PromptVersionRow> => {
  const latest = await findPromptVersion(sql, prompt.id, { kind: 'latest' });
  if (latest === undefined) throw new Error('A prompt has no version.');
  return latest;
};
