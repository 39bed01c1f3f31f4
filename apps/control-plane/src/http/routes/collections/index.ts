import type { Route } from '../../route.ts';
import { createCollection } from './create.ts';
import { deleteCollection } from './delete.ts';
import { getCollection } from './get.ts';
import { getCollections } from './list.ts';
import { putCollection } from './update.ts';

export const collectionRoutes: readonly Route[] = [
  createCollection,
  getCollections,
  getCollection,
  putCollection,
  deleteCollection,
];
