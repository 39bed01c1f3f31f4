import type { Route } from '../route.ts';
import { apiKeyRoutes } from './api-keys/index.ts';
import { configRoutes } from './configs/index.ts';
import { workspaceMemberRoutes } from './workspace-members/index.ts';
import { workspaceRoutes } from './workspaces/index.ts';

/** Every route of the management API, by resource. */
export const routes: readonly Route[] = [
  ...apiKeyRoutes,
  ...configRoutes,
  ...workspaceRoutes,
  ...workspaceMemberRoutes,
];
