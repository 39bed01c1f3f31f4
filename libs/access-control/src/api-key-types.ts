/**
 * The types of API keys, by their name in the management API. `path` is how a key is created (`/api-keys/{type}/{sub-type}`);
 * `scopeGroup` is the group whose scopes manage keys of this type.
 */
export const API_KEY_TYPES = {
  'organisation-service': {
    path: 'organisation/service',
    boundTo: 'organisation',
    hasUser: false,
    scopeGroup: 'organisation_service_api_keys',
  },
  'workspace-service': {
    path: 'workspace/service',
    boundTo: 'workspace',
    hasUser: false,
    scopeGroup: 'workspace_service_api_keys',
  },
  'workspace-user': {
    path: 'workspace/user',
    boundTo: 'workspace',
    hasUser: true,
    scopeGroup: 'workspace_user_api_keys',
  },
} as const;

export type ApiKeyType = keyof typeof API_KEY_TYPES;

const isApiKeyType = (name: string): name is ApiKeyType => Object.hasOwn(API_KEY_TYPES, name);

/**
 * The key type of the two path segments of a creation.
 * @returns undefined for a pair that does not exist, such as `organisation/user`
 */
export const apiKeyTypeOf = (type: string, subType: string): ApiKeyType | undefined => {
  const name = `${type}-${subType}`;
  return isApiKeyType(name) ? name : undefined;
};

/** What a key brings to every call made with it. */
export interface ApiKeyDefaults {
  /** Slug or id of a config. */
  readonly configId: string | null;
  readonly allowConfigOverride: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export type ConfigChoice =
  | {
      readonly outcome: 'chosen';
      readonly from: 'request' | 'key' | 'workspace' | 'none';
      readonly config: string | null;
    }
  | { readonly outcome: 'refused'; readonly message: string };

export interface ConfigWishes {
  /** What the request itself names, as it stands there; null for nothing. */
  readonly request: string | null;
  readonly key: Pick<ApiKeyDefaults, 'configId' | 'allowConfigOverride'>;
  readonly keyType: ApiKeyType | 'jwt';
  /** The workspace's default config for user keys. */
  readonly workspaceUserKeyConfig: string | null;
}

/**
 * Which config a call runs under: the request's, if its key lets it choose; else the key's own; else, for user keys, the workspace's.
 * A key that lets nobody choose refuses a call with a config, whichever it is.
 */
export const chooseConfig = ({ request, key, keyType, workspaceUserKeyConfig }: ConfigWishes): ConfigChoice => {
  if (request !== null) {
    return key.allowConfigOverride
      ? { outcome: 'chosen', from: 'request', config: request }
      : { outcome: 'refused', message: 'Cannot override default config set for this API key.' };
  }
  if (key.configId !== null) return { outcome: 'chosen', from: 'key', config: key.configId };
  if (keyType === 'workspace-user' && workspaceUserKeyConfig !== null) {
    return { outcome: 'chosen', from: 'workspace', config: workspaceUserKeyConfig };
  }
  return { outcome: 'chosen', from: 'none', config: null };
};
