import { childCollections } from '../../../store/collections.ts';
import { read } from '../../route.ts';
import { collectionOfPath } from './find.ts';
import { childView, collectionView } from './view.ts';

export const getCollection = read({
  method: 'GET',
  path: '/collections/:collection',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const collection = await collectionOfPath(sql, call, 'prompts.read');
    const children = await childCollections(sql, collection.id);
    return { ...collectionView(collection), child_collections: children.map(childView) };
  },
});
