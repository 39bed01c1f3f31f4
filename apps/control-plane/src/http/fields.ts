import { ORGANISATION_ROLES, WORKSPACE_ROLES } from '@portolan/access-control';
import * as z from 'zod';

/** A name that people give: not empty, and short enough for a column of a table. */
export const nameField = () =>
  z.string().trim().min(1, 'must not be empty').max(255, 'must have at most 255 characters');

export const noteField = () => z.string().max(1_024, 'must have at most 1024 characters');

/** A UUID or a slug, as callers got it from us. */
export const refField = () => z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters');

/** 0 or 1, or a boolean: clients send both. */
export const flagField = () =>
  z
    .union([z.boolean(), z.literal(0), z.literal(1)], { error: 'must be 0, 1, true or false' })
    .transform((value) => value === true || value === 1);

/** RFC 3339 with zone, as a Date. */
export const timeField = () =>
  z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-05-01T00:00:00Z' })
    .transform((text) => new Date(text));

const METADATA_MAX = 128;

/** Names to short strings. They go with every call and into every gateway, so there are not many. */
export const metadataField = () =>
  z
    .record(z.string().min(1).max(128), z.string().max(128, 'must have at most 128 characters'))
    .refine((given) => Object.keys(given).length <= METADATA_MAX, {
      error: `may have at most ${METADATA_MAX} entries`,
    });

/** A role in a workspace; `ws-admin` is `admin`. */
export const workspaceRoleField = () =>
  z
    .string()
    .transform((role) => role.replace(/^ws-/, ''))
    .pipe(z.enum(WORKSPACE_ROLES, { error: 'must be admin, manager or member' }));

/** A role in the organization. */
export const organisationRoleField = () => z.enum(ORGANISATION_ROLES, { error: 'must be owner, admin or member' });
