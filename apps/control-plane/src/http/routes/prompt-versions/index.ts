import type { Route } from '../../route.ts';
import { getPromptVersion } from './get.ts';
import { getPromptVersions } from './list.ts';
import { putPromptVersion } from './update.ts';

export const promptVersionRoutes: readonly Route[] = [getPromptVersions, getPromptVersion, putPromptVersion];
