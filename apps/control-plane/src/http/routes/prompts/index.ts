import type { Route } from '../../route.ts';
import { createPrompt } from './create.ts';
import { deletePrompt } from './delete.ts';
import { forkPrompt } from './fork.ts';
import { getPrompt } from './get.ts';
import { getPrompts } from './list.ts';
import { publishPrompt } from './publish.ts';
import { shareRoutes } from './share.ts';
import { putPrompt } from './update.ts';

export const promptRoutes: readonly Route[] = [
  createPrompt,
  getPrompts,
  getPrompt,
  putPrompt,
  deletePrompt,
  publishPrompt,
  forkPrompt,
  ...shareRoutes,
];
