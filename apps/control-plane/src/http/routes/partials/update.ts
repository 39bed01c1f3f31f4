import * as z from 'zod';
import { updatePartial } from '../../../store/partials.ts';
import { nameField, noteField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { templateField } from '../prompts/content-fields.ts';
import { warningsField } from '../prompts/save-version.ts';
import { latestPartialVersion, partialOfPath } from './find.ts';
import { savePartialVersion } from './save-version.ts';

const input = z.object({
  name: nameField().optional(),
  string: templateField().optional(),
  description: noteField().nullish(),
  /** As creation has it. */
  version_description: noteField().nullish(),
  status: z.enum(['active', 'archived'], { error: 'must be "active" or "archived"' }).optional(),
});

/** A new text, or a new description of it, is a new version; it is served when it is published. */
export const putPartial = write({
  method: 'PUT',
  path: '/prompts/partials/:partial',
  scopes: ['prompts.update'],
  audit: { resource: 'partials', action: 'update' },
  async write(call, tx, { newId }) {
    const given = readInput(call, input);
    const before = await partialOfPath(tx, call, 'prompts.update', 'lock');
    const latest = await latestPartialVersion(tx, before);
    const { description = given.version_description } = given;
    const isNew = given.string !== undefined || description !== undefined;
    const versionId = isNew ? newId() : latest.id;
    const warnings = isNew
      ? await savePartialVersion(tx, {
          id: versionId,
          partialId: before.id,
          template: given.string ?? latest.template,
          description: description ?? null,
          by: call.actor.id,
        })
      : [];
    const after = { ...before, name: given.name ?? before.name, status: given.status ?? before.status };
    await updatePartial(tx, before.id, { ...after, by: call.actor.id });
    return {
      body: { prompt_partial_version_id: versionId, ...warningsField(warnings) },
      changed: [{ kind: 'partial', id: before.id }],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { name: before.name, status: before.status, version: latest.number },
        after: { name: after.name, status: after.status, version: isNew ? latest.number + 1 : latest.number },
      },
    };
  },
});
