import type { Route } from '../../route.ts';
import { exclusionRoutes } from './exclusions.ts';

export const workspaceExclusionRoutes: readonly Route[] = [...exclusionRoutes('input'), ...exclusionRoutes('output')];
