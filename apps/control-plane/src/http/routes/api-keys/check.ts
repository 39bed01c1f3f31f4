import { type ApiKeyType, isScope, type Scope, scopeProblems, scopesFor } from '@portolan/access-control';
import { nearestName } from '@portolan/config-schema';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { scopesBeyond } from '../../../access/grant.ts';
import { organizationSettings } from '../../../access/settings.ts';
import { planRotation, type RotationPlan } from '../../../domain/api-key-rotation.ts';
import { assertMetadata } from '../../../domain/metadata-schema.ts';
import { findConfig } from '../../../store/configs.ts';
import { findOrganization } from '../../../store/organizations.ts';
import type { Call } from '../../call.ts';
import { refuseInput } from '../../input.ts';
import type { ApiKeyInput } from './fields.ts';

/** Which key is being written. */
export interface KeyPlace {
  readonly organizationId: string;
  readonly type: ApiKeyType;
  readonly workspaceId: string | null;
  readonly userId: string | null;
}

/** @throws PlatformError 400 naming scopes that do not exist or that such a key never holds */
const assertScopes = (type: ApiKeyType, scopes: readonly string[]): readonly Scope[] => {
  const problems = scopeProblems(type, scopes).map(({ scope, problem }) => {
    const nearest = problem === 'unknown' ? nearestName(scope, scopesFor(type)) : undefined;
    const words = problem === 'unknown' ? 'There is no scope' : `A key of type ${type} cannot hold`;
    return {
      path: 'scopes',
      message: `${words} "${scope}"${nearest === undefined ? '.' : `; did you mean "${nearest}"?`}`,
    };
  });
  if (problems.length > 0) refuseInput(problems);
  return scopes.filter(isScope);
};

/** @throws PlatformError 400 for wrong scopes, 403 for scopes that the caller may not give */
export const checkScopes = async (
  sql: Sql,
  call: Call,
  { type, workspaceId, userId }: KeyPlace,
  scopes: readonly string[],
  held: readonly string[] = [],
): Promise<void> => {
  const added = assertScopes(type, scopes).filter((scope) => !held.includes(scope));
  const beyond = await scopesBeyond(sql, call, { scopes: added, workspaceId, userId });
  if (beyond.length > 0) {
    throw new PlatformError('permission_denied', {
      public: `You cannot give a key more than you may do yourself: ${beyond.join(', ')}.`,
      param: 'scopes',
    });
  }
};

/** @returns the id of a config. @throws PlatformError 400 */
export const checkConfig = async (sql: Sql, place: KeyPlace, ref: string): Promise<string> => {
  const config = await findConfig(sql, place.organizationId, ref);
  const isReachable =
    place.workspaceId === null || config?.workspace_id === null || config?.workspace_id === place.workspaceId;
  if (config !== undefined && isReachable) return config.id;
  return refuseInput([{ path: 'defaults.config_id', message: 'There is no such config in the workspace of the key.' }]);
};

/** @throws PlatformError 400 when the organization's schema for the metadata of keys does not let it pass */
export const checkMetadata = async (
  sql: Sql,
  { organizationId }: KeyPlace,
  metadata: Readonly<Record<string, string>>,
): Promise<void> => {
  const organization = await findOrganization(sql, organizationId);
  const schema = organizationSettings(organization?.settings ?? {}).apiKeyMetadataSchema;
  if (schema !== null) assertMetadata(schema, metadata, 'defaults.metadata');
};

/** @throws PlatformError 400 for an end that has passed */
export const checkExpiry = (expiresAt: Date | null, before: Date | null, nowMs: number): Date | null => {
  if (expiresAt === null || expiresAt.getTime() > nowMs || expiresAt.getTime() === before?.getTime()) return expiresAt;
  return refuseInput([{ path: 'expires_at', message: 'must be in the future' }]);
};

/** @throws PlatformError 400 for a rotation that would have been in the past */
export const checkRotation = (given: NonNullable<ApiKeyInput['rotation_policy']>, nowMs: number): RotationPlan =>
  planRotation(given, nowMs) ??
  refuseInput([{ path: 'rotation_policy.next_rotation_at', message: 'must be in the future' }]);
