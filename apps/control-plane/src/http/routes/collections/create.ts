import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { targetWorkspace } from '../../../access/authorize.ts';
import { collectionDepth, insertCollection } from '../../../store/collections.ts';
import { withNewSlug } from '../../../store/new-slug.ts';
import type { Call } from '../../call.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { collectionOfField, useCollection } from './find.ts';

/** Collections may stand in each other this deep. */
const DEPTH_MAX = 8;

const input = z.object({
  name: nameField(),
  workspace_id: refField().nullish(),
  parent_collection_id: refField().nullish(),
});

interface Place {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly parentId: string | null;
}

const placeOf = async (
  tx: Sql,
  call: Call,
  { parent_collection_id, workspace_id }: z.output<typeof input>,
): Promise<Place> => {
  const parent =
    parent_collection_id === undefined || parent_collection_id === null
      ? undefined
      : await collectionOfField(tx, call, 'prompts.create', parent_collection_id, 'parent_collection_id');
  const { workspace } = await targetWorkspace(tx, call, ['prompts.create'], workspace_id ?? parent?.workspace_id);
  if (parent !== undefined && parent.workspace_id !== workspace.id) {
    throw new PlatformError('invalid_request_error', {
      public: 'parent_collection_id: belongs to another workspace',
      param: 'parent_collection_id',
    });
  }
  return { organizationId: workspace.organization_id, workspaceId: workspace.id, parentId: parent?.id ?? null };
};

export const createCollection = write({
  method: 'POST',
  path: '/collections',
  scopes: ['prompts.create'],
  audit: { resource: 'collections', action: 'create' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const place = await placeOf(tx, call, given);
    if (place.parentId !== null) {
      await useCollection(tx, place.parentId, 'parent_collection_id');
      if ((await collectionDepth(tx, place.parentId)) >= DEPTH_MAX) {
        throw new PlatformError('invalid_request_error', {
          public: `parent_collection_id: collections may be nested ${DEPTH_MAX} deep`,
          param: 'parent_collection_id',
        });
      }
    }
    const id = deps.newId();
    const slug = await withNewSlug(tx, 'collection', given.name, deps, async (inner, slug) => {
      await insertCollection(inner, { id, ...place, slug, name: given.name });
      return slug;
    });
    return {
      body: { id, slug, object: 'collection' },
      subject: { id, workspaceId: place.workspaceId, after: { name: given.name, slug, parent_id: place.parentId } },
    };
  },
});
