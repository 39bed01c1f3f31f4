import type { Route } from '../../route.ts';
import { createConfig } from './create.ts';
import { deleteConfig } from './delete.ts';
import { getConfig } from './get.ts';
import { getConfigs } from './list.ts';
import { putConfig } from './update.ts';
import { getConfigVersions } from './versions.ts';

export const configRoutes: readonly Route[] = [
  createConfig,
  getConfigs,
  getConfig,
  putConfig,
  deleteConfig,
  getConfigVersions,
];
