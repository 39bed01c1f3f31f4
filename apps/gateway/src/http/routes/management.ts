/**
 * What the control plane answers, each with all that lies below it. These paths are looked at before any path of a provider, so that
 * nothing meant for the management API ever reaches one.
 */
export const MANAGEMENT_PATHS = [
  'admin',
  'analytics',
  'api-keys',
  'audit-logs',
  'auth',
  'collections',
  'configs',
  'feedback',
  'guardrails',
  'integrations',
  'labels',
  'logs/exports',
  'mcp-integrations',
  'mcp-servers',
  'model-configs',
  'policies',
  'prompts',
  'providers',
  'scim',
  'secret-references',
  'virtual-keys',
  'workspace-exclusions',
  'workspaces',
] as const;

/** Newer clients name some of them with the second version. */
const VERSIONS = ['/v1', '/v2'] as const;

export const MANAGEMENT_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Every route as the router takes it. */
export const managementRoutes: readonly string[] = VERSIONS.flatMap((version) =>
  MANAGEMENT_PATHS.flatMap((path) => [`${version}/${path}`, `${version}/${path}/*`]),
);
