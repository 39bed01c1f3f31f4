import type { Route } from '../../route.ts';
import { createPartial } from './create.ts';
import { deletePartial } from './delete.ts';
import { getPartial } from './get.ts';
import { getPartials } from './list.ts';
import { publishPartial } from './publish.ts';
import { putPartial } from './update.ts';
import { getPartialVersions } from './versions.ts';

export const partialRoutes: readonly Route[] = [
  createPartial,
  getPartials,
  getPartial,
  putPartial,
  deletePartial,
  publishPartial,
  getPartialVersions,
];
