import type { Route } from '../route.ts';
import { configRoutes } from './configs/index.ts';

/** Every route of the management API, by resource. */
export const routes: readonly Route[] = [...configRoutes];
