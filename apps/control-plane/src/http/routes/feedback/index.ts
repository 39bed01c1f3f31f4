import type { Route } from '../../route.ts';
import { createFeedback } from './create.ts';
import { putFeedback } from './update.ts';

export const feedbackRoutes: readonly Route[] = [createFeedback, putFeedback];
