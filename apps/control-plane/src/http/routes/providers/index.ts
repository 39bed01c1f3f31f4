import type { Route } from '../../route.ts';
import { postProvider } from './create.ts';
import { deleteProvider } from './delete.ts';
import { getProvider } from './get.ts';
import { getProviders } from './list.ts';
import { putProvider } from './update.ts';

export const providerRoutes: readonly Route[] = [postProvider, getProviders, getProvider, putProvider, deleteProvider];
