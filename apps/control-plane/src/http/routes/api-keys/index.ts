import type { Route } from '../../route.ts';
import { createApiKey } from './create.ts';
import { deleteApiKey } from './delete.ts';
import { getApiKey } from './get.ts';
import { getApiKeys } from './list.ts';
import { rotateKey } from './rotate.ts';
import { getOwnApiKey } from './self.ts';
import { putApiKey } from './update.ts';

export const apiKeyRoutes: readonly Route[] = [
  createApiKey,
  getApiKeys,
  getOwnApiKey,
  getApiKey,
  putApiKey,
  deleteApiKey,
  rotateKey,
];
