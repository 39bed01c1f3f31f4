import type { Route } from '../../route.ts';
import { createGuardrail } from './create.ts';
import { deleteGuardrail } from './delete.ts';
import { getGuardrail } from './get.ts';
import { getGuardrails } from './list.ts';
import { putGuardrail } from './update.ts';

export const guardrailRoutes: readonly Route[] = [
  createGuardrail,
  getGuardrails,
  getGuardrail,
  putGuardrail,
  deleteGuardrail,
];
