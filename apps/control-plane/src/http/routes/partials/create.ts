import * as z from 'zod';
import { withNewSlug } from '../../../store/new-slug.ts';
import { insertPartial } from '../../../store/partials.ts';
import { nameField, noteField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { templateField } from '../prompts/content-fields.ts';
import { placeOf } from '../prompts/create.ts';
import { warningsField } from '../prompts/save-version.ts';
import { savePartialVersion } from './save-version.ts';

const input = z.object({
  name: nameField(),
  string: templateField(),
  workspace_id: refField().nullish(),
  collection_id: refField().nullish(),
  version_description: noteField().nullish(),
});

export const createPartial = write({
  method: 'POST',
  path: '/prompts/partials',
  scopes: ['prompts.create'],
  audit: { resource: 'partials', action: 'create' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const collection = await placeOf(tx, call, given);
    const id = deps.newId();
    const versionId = deps.newId();
    const by = call.actor.id;
    const workspaceId = collection.workspace_id;
    const slug = await withNewSlug(tx, 'partial', given.name, deps, async (inner, slug) => {
      await insertPartial(inner, {
        id,
        organizationId: collection.organization_id,
        workspaceId,
        collectionId: collection.id,
        slug,
        name: given.name,
        by,
      });
      return slug;
    });
    const warnings = await savePartialVersion(tx, {
      id: versionId,
      partialId: id,
      template: given.string,
      description: given.version_description ?? null,
      by,
    });
    return {
      body: { id, slug, version_id: versionId, object: 'partial', ...warningsField(warnings) },
      changed: [{ kind: 'partial', id }],
      subject: { id, workspaceId, after: { name: given.name, slug, version: 1 } },
    };
  },
});
