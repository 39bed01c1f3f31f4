import type { Route } from '../../route.ts';
import { finishOidc } from './callback.ts';
import { startOidc } from './start.ts';

export const oidcRoutes: readonly Route[] = [startOidc, finishOidc];
