import type { ApiKeyType } from '@portolan/access-control';
import {
  type ApiKeySecret,
  ApiKeyStatus,
  type Organization,
  RequestLogging,
  type ApiKey as StoredKey,
  ApiKeyType as StoredType,
  type Workspace as StoredWorkspace,
  TenantStatus,
} from '@portolan/proto';
import { PlatformError } from '@portolan/service-kit';
import type { ApiKey } from '../../ports/api-keys.ts';
import type { SnapshotView } from '../../snapshot/view.ts';
import { platformWorkspace, type WorkspaceDeps } from './workspace.ts';

/** What a caller is known by, before its tenant is looked at: a key's record, or the claims of a token. */
export interface CallerFacts
  extends Pick<ApiKey, 'id' | 'userId' | 'scopes' | 'defaultConfig' | 'allowConfigOverride' | 'metadata'> {
  readonly type: ApiKey['type'] | undefined;
  readonly organizationId: string;
  readonly workspaceId: string;
}

const TYPES: Readonly<Record<number, ApiKeyType>> = {
  [StoredType.API_KEY_TYPE_ORGANIZATION_SERVICE]: 'organisation-service',
  [StoredType.API_KEY_TYPE_WORKSPACE_SERVICE]: 'workspace-service',
  [StoredType.API_KEY_TYPE_WORKSPACE_USER]: 'workspace-user',
};

export const factsOfKey = (key: StoredKey): CallerFacts => ({
  id: key.id,
  type: TYPES[key.type],
  organizationId: key.organizationId,
  workspaceId: key.workspaceId,
  userId: key.userId === '' ? undefined : key.userId,
  scopes: new Set(key.scopes),
  defaultConfig: key.defaultConfigSlug === '' ? undefined : key.defaultConfigSlug,
  allowConfigOverride: key.allowConfigOverride,
  metadata: key.defaultMetadata,
});

/** What is wrong with a key at a moment. A secret that was rotated out is none of ours any more: undefined. */
export const refusalOfKey = (
  key: StoredKey,
  secret: ApiKeySecret,
  nowMs: number,
): PlatformError | 'unknown' | undefined => {
  if (secret.expireTime !== undefined && nowMs >= secret.expireTime.getTime()) return 'unknown';
  const isPast = key.expireTime !== undefined && nowMs >= key.expireTime.getTime();
  if (isPast || key.status === ApiKeyStatus.API_KEY_STATUS_EXPIRED) return expired();
  if (key.status === ApiKeyStatus.API_KEY_STATUS_EXHAUSTED) {
    return new PlatformError('usage_limit_exceeded', {
      public: 'Portkey Error: Portkey API Key Usage Limit Exceeded. Error Code: 04',
    });
  }
  return undefined;
};

export const expired = (): PlatformError =>
  new PlatformError('api_key_expired', { public: 'Portkey Error: Portkey API Key Expired. Error Code: 01' });

/** Known, and not for this. */
export const forbidden = (): PlatformError =>
  new PlatformError('permission_denied', { public: 'Portkey Error: Forbidden!. Error Code: 033' });

/**
 * A caller within its tenant, as of one view.
 * @throws PlatformError when its organization or workspace is closed, or when it is no caller of models
 */
export const callerOf = (facts: CallerFacts, view: SnapshotView, deps: WorkspaceDeps): ApiKey => {
  const organization = view.organization(facts.organizationId);
  if (organization === undefined) {
    throw new PlatformError('invalid_api_key', {
      public: 'Portkey Error: Unable to validate organization. Error Code: 033',
      code: '033',
    });
  }
  const workspace = view.workspace(facts.workspaceId);
  // A key of the organization administers; it calls no models. Neither does one of a kind that is not known here.
  const isCaller = facts.type !== undefined && facts.type !== 'organisation-service';
  if (!isOpen(organization) || !isCaller || workspace === undefined || !isOpen(workspace)) throw forbidden();
  if (workspace.organizationId !== organization.id) throw forbidden();
  return {
    id: facts.id,
    type: facts.type ?? 'workspace-service',
    organizationId: organization.id,
    workspaceId: workspace.id,
    userId: facts.userId,
    scopes: facts.scopes,
    defaultConfig: facts.defaultConfig,
    userKeyConfig: workspace.defaultUserKeyConfigSlug === '' ? undefined : workspace.defaultUserKeyConfigSlug,
    allowConfigOverride: facts.allowConfigOverride,
    metadata: metadataOf(facts, workspace),
    savedOnly: workspace.blockInlineConfigs ?? organization.blockInlineConfigs,
    keepsBodies: keepsBodies(organization, workspace),
    workspace: platformWorkspace(view, organization.id, workspace.id, deps),
  };
};

const isOpen = ({ status }: { readonly status: TenantStatus }): boolean => status === TenantStatus.TENANT_STATUS_ACTIVE;

/** The workspace's word counts before the key's. Who calls in person is said by the key, not by the call. */
const metadataOf = ({ userId, metadata }: CallerFacts, workspace: StoredWorkspace): ApiKey['metadata'] => ({
  ...(userId === undefined ? undefined : { _user: userId }),
  ...metadata,
  ...workspace.defaultMetadata,
});

const keepsBodies = (organization: Organization, workspace: StoredWorkspace): boolean => {
  const isUnsaid = workspace.requestLogging === RequestLogging.REQUEST_LOGGING_UNSPECIFIED;
  const chosen = isUnsaid ? organization.requestLogging : workspace.requestLogging;
  return chosen !== RequestLogging.REQUEST_LOGGING_METRICS;
};
