import type { Route } from '../../route.ts';
import { postIntegration } from './create.ts';
import { deleteIntegration } from './delete.ts';
import { getIntegration } from './get.ts';
import { getIntegrations } from './list.ts';
import { deleteIntegrationModels } from './models-delete.ts';
import { getIntegrationModels } from './models-get.ts';
import { putIntegrationModels } from './models-update.ts';
import { putIntegration } from './update.ts';
import { getIntegrationWorkspaces } from './workspaces-get.ts';
import { putIntegrationWorkspaces } from './workspaces-update.ts';

export const integrationRoutes: readonly Route[] = [
  postIntegration,
  getIntegrations,
  getIntegration,
  putIntegration,
  deleteIntegration,
  getIntegrationModels,
  putIntegrationModels,
  deleteIntegrationModels,
  getIntegrationWorkspaces,
  putIntegrationWorkspaces,
];
