import type { Route } from '../../route.ts';
import { deleteUser } from './delete.ts';
import { getUser } from './get.ts';
import { getUsers } from './list.ts';
import { putUser } from './update.ts';

export const userRoutes: readonly Route[] = [getUsers, getUser, putUser, deleteUser];
