import type { JsonObject } from '../../../domain/json.ts';
import type { CollectionRow } from '../../../store/collections.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';

const details = (row: CollectionRow): JsonObject => ({
  child_collections_count: Number(row.children),
  prompts_count: Number(row.prompts),
  child_collections_last_updated_at: toTimeOrNull(row.children_updated_at),
  prompts_last_updated_at: toTimeOrNull(row.prompts_updated_at),
});

export const collectionView = (row: CollectionRow): JsonObject => ({
  id: row.id,
  name: row.name,
  workspace_id: row.workspace_id,
  slug: row.slug,
  parent_collection_id: row.parent_id,
  is_default: row.is_default ? 1 : 0,
  status: row.status,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  collection_details: details(row),
  object: 'collection',
});

/** A collection inside of another one. */
export const childView = (row: CollectionRow): JsonObject => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  last_updated_at: toTime(row.updated_at),
  collection_details: details(row),
});
