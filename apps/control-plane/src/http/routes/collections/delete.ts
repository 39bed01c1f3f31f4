import { PlatformError } from '@portolan/service-kit';
import { notFound } from '../../../access/authorize.ts';
import { countContents, lockCollection, updateCollection } from '../../../store/collections.ts';
import { write } from '../../route.ts';
import { collectionOfPath } from './find.ts';

export const deleteCollection = write({
  method: 'DELETE',
  path: '/collections/:collection',
  scopes: ['prompts.delete'],
  audit: { resource: 'collections', action: 'delete' },
  async write(call, tx) {
    const collection = await collectionOfPath(tx, call, 'prompts.delete');
    if (collection.is_default) {
      throw new PlatformError('not_found', { public: 'The default collection of a workspace cannot be deleted.' });
    }
    if (!(await lockCollection(tx, collection.id, 'remove'))) throw notFound('collection');
    const contents = await countContents(tx, collection.id);
    if (contents > 0) {
      throw new PlatformError('conflict', {
        public: `The collection is not empty: move or delete what is in it first (${contents}).`,
      });
    }
    await updateCollection(tx, collection.id, { name: collection.name, status: 'archived' });
    return {
      body: {},
      subject: {
        id: collection.id,
        workspaceId: collection.workspace_id,
        before: { name: collection.name, slug: collection.slug },
      },
    };
  },
});
