import type { Route } from '../../route.ts';
import { createLabel } from './create.ts';
import { deleteLabel } from './delete.ts';
import { getLabel } from './get.ts';
import { getLabels } from './list.ts';
import { putLabel } from './update.ts';

export const labelRoutes: readonly Route[] = [createLabel, getLabels, getLabel, putLabel, deleteLabel];
