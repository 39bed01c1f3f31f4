import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { savedContent } from '../../../domain/prompt-save.ts';
import { contentOf } from '../../../store/prompt-versions.ts';
import { type PromptRow, updatePrompt } from '../../../store/prompts.ts';
import type { Call } from '../../call.ts';
import { flagField, nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { collectionOfField, useCollection } from '../collections/find.ts';
import { contentFields } from './content-fields.ts';
import { latestVersion, promptOfPath } from './find.ts';
import { saveVersion, warningsField } from './save-version.ts';

const input = z.object({
  patch: flagField().nullish(),
  name: nameField().optional(),
  collection_id: refField().optional(),
  ...contentFields,
  /** What one of the references calls `template_metadata`. */
  prompt_metadata: contentFields.template_metadata,
});

const movedTo = async (tx: Sql, call: Call, prompt: PromptRow, ref: string): Promise<string> => {
  const collection = await collectionOfField(tx, call, 'prompts.update', ref);
  if (collection.workspace_id !== prompt.workspace_id) {
    throw new PlatformError('invalid_request_error', {
      public: 'collection_id: belongs to another workspace',
      param: 'collection_id',
    });
  }
  await useCollection(tx, collection.id);
  return collection.id;
};

/** A changed content becomes the newest version, which nobody is served until it is published; the name is the prompt's own. */
export const putPrompt = write({
  method: 'PUT',
  path: '/prompts/:prompt',
  scopes: ['prompts.update'],
  audit: { resource: 'prompts', action: 'update' },
  async write(call, tx, { newId }) {
    const { patch, name, collection_id, prompt_metadata, ...content } = readInput(call, input);
    const before = await promptOfPath(tx, call, 'prompts.update', 'lock');
    const latest = await latestVersion(tx, before);
    const { template_metadata = prompt_metadata } = content;
    const given = { ...content, template_metadata };
    const saved = savedContent(contentOf(latest), given, patch ?? false);
    const versionId = newId();
    const warnings =
      saved === undefined
        ? []
        : await saveVersion(tx, {
            id: versionId,
            promptId: before.id,
            workspaceId: before.workspace_id,
            content: saved,
            by: call.actor.id,
          });
    const after = {
      ...before,
      name: name ?? before.name,
      collection_id:
        collection_id === undefined ? before.collection_id : await movedTo(tx, call, before, collection_id),
    };
    await updatePrompt(tx, before.id, { ...after, by: call.actor.id });
    return {
      body:
        saved === undefined
          ? {}
          : { id: before.id, slug: before.slug, prompt_version_id: versionId, ...warningsField(warnings) },
      changed: [{ kind: 'prompt', id: before.id }],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { name: before.name, collection_id: before.collection_id, version: latest.number },
        after: {
          name: after.name,
          collection_id: after.collection_id,
          version: saved === undefined ? latest.number : latest.number + 1,
        },
      },
    };
  },
});
