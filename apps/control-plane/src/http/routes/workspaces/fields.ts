import * as z from 'zod';
import { rateLimitsField, SHARED_RATE_UNITS, usageLimitsField, WORKSPACE_USAGE_RULE } from '../../../domain/limits.ts';
import { workspaceDefaultsField } from '../../../domain/workspace-defaults.ts';
import { noteField } from '../../fields.ts';

/** What a workspace is created with and what can be changed of it, besides its name; all of it may be missing. */
export const workspaceFields = {
  icon: z.string().max(2_048, 'must have at most 2048 characters').nullish(),
  description: noteField().nullish(),
  defaults: workspaceDefaultsField().nullish(),
  usage_limits: usageLimitsField(WORKSPACE_USAGE_RULE),
  rate_limits: rateLimitsField({ units: SHARED_RATE_UNITS }),
};
