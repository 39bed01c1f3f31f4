import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { checkRoom } from '../../../domain/version-room.ts';
import { clearLabels, findLabel, moveLabel } from '../../../store/labels.ts';
import {
  findPromptVersionById,
  type PromptVersionRow,
  promptRoom,
  setPromptVersionStatus,
} from '../../../store/prompt-versions.ts';
import { type PromptRow, updatePrompt } from '../../../store/prompts.ts';
import { refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { latestVersion, promptOfPath } from '../prompts/find.ts';

const input = z.object({
  label_id: refField().nullish(),
  status: z.enum(['active', 'archived'], { error: 'must be "active" or "archived"' }).optional(),
});

const conflict = (sentence: string): PlatformError => new PlatformError('conflict', { public: sentence });

/** Puts a label of this workspace or of the organization on a version. */
const putLabel = async (tx: Sql, prompt: PromptRow, version: PromptVersionRow, labelId: string): Promise<void> => {
  const label = await findLabel(tx, prompt.organization_id, labelId, 'share');
  if (label === undefined || (label.workspace_id !== null && label.workspace_id !== prompt.workspace_id)) {
    throw new PlatformError('not_found', { public: 'label_id: There is no such label.', param: 'label_id' });
  }
  if (version.status !== 'active') throw conflict('An archived version carries no label.');
  await moveLabel(tx, prompt.id, label.id, version.id);
};

/** An archived version is out of reach for requests, so nothing may point to it. */
const setStatus = async (
  tx: Sql,
  prompt: PromptRow,
  version: PromptVersionRow,
  status: PromptVersionRow['status'],
): Promise<void> => {
  if (status === version.status) return;
  if (status === 'archived') {
    if (version.number === prompt.published_version) throw conflict('The published version cannot be archived.');
    if (version.label_ids.length > 0) throw conflict('A version with labels cannot be archived: move them first.');
    if (version.id === (await latestVersion(tx, prompt)).id) throw conflict('The newest version cannot be archived.');
  }
  await setPromptVersionStatus(tx, version.id, status);
  if (status === 'active') checkRoom(await promptRoom(tx, prompt.id));
};

/** The content of a version never changes; what may change is which labels point to it, and whether it is in use. */
export const putPromptVersion = write({
  method: 'PUT',
  path: '/prompts/:prompt/versions/:version',
  scopes: ['prompts.update'],
  audit: { resource: 'prompts', action: 'update' },
  async write(call, tx) {
    const { label_id, status } = readInput(call, input);
    const prompt = await promptOfPath(tx, call, 'prompts.update', 'lock');
    const version = await findPromptVersionById(tx, prompt.id, call.params.version ?? '');
    if (version === undefined) throw notFound('version of this prompt');
    if (label_id === undefined && status === undefined) return { body: {} };
    if (label_id === null) await clearLabels(tx, version.id);
    else if (label_id !== undefined) await putLabel(tx, prompt, version, label_id);
    const now = label_id === undefined ? version : await findPromptVersionById(tx, prompt.id, version.id);
    if (status !== undefined && now !== undefined) await setStatus(tx, prompt, now, status);
    await updatePrompt(tx, prompt.id, { ...prompt, by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'prompt', id: prompt.id }],
      subject: {
        id: prompt.id,
        workspaceId: prompt.workspace_id,
        before: { version: version.number, labels: version.label_ids, status: version.status },
        after: { version: version.number, labels: now?.label_ids ?? [], status: status ?? version.status },
      },
    };
  },
});
