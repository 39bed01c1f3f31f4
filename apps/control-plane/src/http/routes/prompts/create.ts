import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { targetWorkspace } from '../../../access/authorize.ts';
import { EMPTY_CONTENT, mergedContent } from '../../../domain/prompt-save.ts';
import type { CollectionRow } from '../../../store/collections.ts';
import { withNewSlug } from '../../../store/new-slug.ts';
import { insertPrompt } from '../../../store/prompts.ts';
import type { Call } from '../../call.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { collectionOfField, defaultCollection, useCollection } from '../collections/find.ts';
import { contentFields, jsonObject } from './content-fields.ts';
import { saveVersion, warningsField } from './save-version.ts';

const input = z.object({
  name: nameField(),
  collection_id: refField().nullish(),
  workspace_id: refField().nullish(),
  ...contentFields,
  string: contentFields.string.unwrap(),
  parameters: jsonObject(),
});

/** Where something new goes: into the collection that is named, else into the default one of the workspace. */
export const placeOf = async (
  tx: Sql,
  call: Call,
  named: { readonly collection_id?: string | null | undefined; readonly workspace_id?: string | null | undefined },
): Promise<CollectionRow> => {
  const given = named.collection_id
    ? await collectionOfField(tx, call, 'prompts.create', named.collection_id)
    : undefined;
  const ref = named.workspace_id ?? given?.workspace_id;
  const { workspace } = await targetWorkspace(tx, call, ['prompts.create'], ref);
  const collection = given ?? (await defaultCollection(tx, workspace.id));
  if (collection.workspace_id !== workspace.id) {
    throw new PlatformError('invalid_request_error', {
      public: 'collection_id: belongs to another workspace',
      param: 'collection_id',
    });
  }
  await useCollection(tx, collection.id);
  return collection;
};

export const createPrompt = write({
  method: 'POST',
  path: '/prompts',
  scopes: ['prompts.create'],
  audit: { resource: 'prompts', action: 'create' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const collection = await placeOf(tx, call, given);
    const id = deps.newId();
    const versionId = deps.newId();
    const by = call.actor.id;
    const workspaceId = collection.workspace_id;
    const slug = await withNewSlug(tx, 'prompt', given.name, deps, async (inner, slug) => {
      const organizationId = collection.organization_id;
      await insertPrompt(inner, {
        id,
        organizationId,
        workspaceId,
        collectionId: collection.id,
        slug,
        name: given.name,
        by,
      });
      return slug;
    });
    const content = mergedContent(EMPTY_CONTENT, given);
    const warnings = await saveVersion(tx, { id: versionId, promptId: id, workspaceId, content, by });
    return {
      body: { id, slug, version_id: versionId, object: 'prompt', ...warningsField(warnings) },
      changed: [{ kind: 'prompt', id }],
      subject: { id, workspaceId, after: { name: given.name, slug, version: 1 } },
    };
  },
});
