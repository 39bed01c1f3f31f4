import type { Route } from '../../route.ts';
import { createWorkspace } from './create.ts';
import { deleteWorkspace } from './delete.ts';
import { getWorkspace } from './get.ts';
import { getWorkspaces } from './list.ts';
import { putWorkspace } from './update.ts';

export const workspaceRoutes: readonly Route[] = [
  createWorkspace,
  getWorkspaces,
  getWorkspace,
  putWorkspace,
  deleteWorkspace,
];
