import * as z from 'zod';
import { chosenSlugField } from '../../../domain/handle-slug.ts';
import { rateLimitsField, SHARED_RATE_UNITS, usageLimitsField } from '../../../domain/limits.ts';
import { flagField, refField } from '../../fields.ts';

const WORKSPACES_MAX = 1_000;

const limits = {
  usage_limits: usageLimitsField({ whole: true, max: 1 }),
  rate_limits: rateLimitsField({ units: SHARED_RATE_UNITS, max: 1 }),
};

/** Answers have these, and clients send them back. */
const told = {
  slug: z.unknown().optional(),
  last_reset_at: z.unknown().optional(),
  created_at: z.unknown().optional(),
  last_updated_at: z.unknown().optional(),
};

const workspace = z.strictObject({
  ...limits,
  ...told,
  id: refField(),
  enabled: flagField(),
  reset_usage: flagField().nullish(),
  create_default_provider: flagField().nullish(),
  default_provider_slug: chosenSlugField().nullish(),
});

/** What is asked for one workspace. */
export type WantedAccess = z.output<typeof workspace>;

export const accessInput = z.object({
  workspaces: z
    .array(workspace, { error: 'must be an array' })
    .max(WORKSPACES_MAX, `may hold at most ${WORKSPACES_MAX} workspaces`)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, { error: 'names a workspace twice' })
    .nullish(),
  global_workspace_access: z.strictObject({ ...limits, enabled: flagField() }).nullish(),
  override_existing_workspace_access: flagField().nullish(),
  override_existing_workspaces_access: flagField().nullish(),
  create_default_provider: flagField().nullish(),
  default_provider_slug: chosenSlugField().nullish(),
});

export type AccessInput = z.output<typeof accessInput>;
