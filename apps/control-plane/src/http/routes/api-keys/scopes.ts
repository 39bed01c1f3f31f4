import { API_KEY_TYPES, type ApiKeyType, isScope, type Scope } from '@portolan/access-control';

type KeyAction = 'create' | 'read' | 'update' | 'delete' | 'list' | 'rotate';

export const KEY_TYPES: readonly ApiKeyType[] = ['organisation-service', 'workspace-service', 'workspace-user'];

/** The scope that lets somebody do this to keys of a type. */
export const keyScope = (type: ApiKeyType, action: KeyAction): Scope => {
  const scope = `${API_KEY_TYPES[type].scopeGroup}.${action}` as const;
  if (!isScope(scope)) throw new Error(`There is no scope ${scope}.`);
  return scope;
};

/** The scopes of a route for keys of all types: any of them opens it. */
export const keyScopes = (action: KeyAction): readonly [Scope, Scope, Scope] => [
  keyScope('organisation-service', action),
  keyScope('workspace-service', action),
  keyScope('workspace-user', action),
];
