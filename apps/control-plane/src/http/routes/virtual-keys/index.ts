import type { Route } from '../../route.ts';
import { createVirtualKey } from './create.ts';
import { deleteVirtualKey } from './delete.ts';
import { getVirtualKey } from './get.ts';
import { getVirtualKeys } from './list.ts';
import { putVirtualKey } from './update.ts';

export const virtualKeyRoutes: readonly Route[] = [
  createVirtualKey,
  getVirtualKeys,
  getVirtualKey,
  putVirtualKey,
  deleteVirtualKey,
];
