import type { Route } from '../../route.ts';
import { addWorkspaceMembers } from './add.ts';
import { getWorkspaceMember } from './get.ts';
import { getWorkspaceMembers } from './list.ts';
import { removeMember } from './remove.ts';
import { putMember } from './update.ts';

export const workspaceMemberRoutes: readonly Route[] = [
  addWorkspaceMembers,
  getWorkspaceMembers,
  getWorkspaceMember,
  putMember,
  removeMember,
];
