import { expect, test } from 'vitest';
import { API_KEY_TYPES, apiKeyTypeOf, chooseConfig } from './api-key-types.ts';
import { isScope, mayHold, readScope, ruleOf, SCOPES, type ScopeHolder, scopeProblems, scopesFor } from './scopes.ts';

/** The published list, on its own: groups, actions, and who holds them (A admin key, S service key, U user key). */
const PUBLISHED = `
organisation_users | create read update delete list | A
organisation_service_api_keys | create read update delete list rotate | A
organisation_settings | read update | A
organisation_guardrails | create read update delete list | A
organisation_exclusions | update list | A
audit_logs | list | A
plugins | create update list | A
deployments | create read update delete list | A
secret_references | create read update delete list | A
workspaces | create delete | A
workspaces | read update list | ASU
workspace_service_api_keys workspace_user_api_keys | create read update delete list rotate | AS
workspace_users | create read update delete list | ASU
prompts | create read update delete list publish | ASU
prompts | render | SU
configs | create read update delete list | ASU
guardrails | create read update delete list | ASU
guardrails | invoke | SU
virtual_keys | create read update delete list duplicate copy | ASU
providers | create read update delete list | ASU
policies | create read update delete list | ASU
organisation_integrations organisation_mcp_integrations organisation_agent_integrations | create read update delete | A
organisation_integrations organisation_mcp_integrations organisation_agent_integrations | list | ASU
workspace_integrations workspace_mcp_integrations workspace_agent_integrations | create read update delete list | ASU
mcp_servers agent_servers | create read update delete list | ASU
mcp agents | invoke | SU
completions | write | SU
analytics | view | ASU
logs | export list view | ASU
logs | write | SU
logs completions feedbacks | read |
feedbacks | write |
`
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [groups = '', actions = '', holders = ''] = line.split('|').map((part) => part.trim());
    return groups
      .split(' ')
      .flatMap((group) => actions.split(' ').map((action) => ({ scope: `${group}.${action}`, holders })));
  });

test('every published scope stands in the table exactly once, and no other', () => {
  expect([...SCOPES].sort()).toEqual(PUBLISHED.map(({ scope }) => scope).sort());
  expect(new Set(SCOPES).size).toBe(SCOPES.length);
});

test.each(PUBLISHED)('$scope is held by $holders', ({ scope, holders }) => {
  expect(mayHold('organisation-service', scope)).toBe(holders.includes('A'));
  expect(mayHold('workspace-service', scope)).toBe(holders.includes('S'));
  expect(mayHold('workspace-user', scope)).toBe(holders.includes('U'));
  expect(mayHold('jwt', scope)).toBe(holders.includes('S') || holders === '');
});

test('every scope has a capability that lets people do the same', () => {
  for (const scope of SCOPES) {
    const rule = ruleOf(scope);
    expect([rule?.organisation, rule?.workspace], scope).not.toEqual([null, null]);
  }
});

test('no scope that only calls models is ever held by an admin key', () => {
  const callers = scopesFor('organisation-service').filter((scope) =>
    /\.(invoke|render)$|^completions|\.write$/.test(scope),
  );
  expect(callers).toEqual([]);
});

test.each([
  'policies:create',
  'organisation-service-api-keys.rotate',
  'configs',
  'configs.*',
  'toString',
  '',
  'Configs.read',
])('%j is no scope and nobody holds it', (text) => {
  expect(isScope(text)).toBe(false);
  expect(readScope(text)).toBeUndefined();
  for (const holder of [...Object.keys(API_KEY_TYPES), 'jwt']) {
    expect(mayHold(holder as ScopeHolder, text)).toBe(false);
  }
});

test('a token may put a prefix before its scopes', () => {
  expect(readScope('portkey.configs.read')).toBe('configs.read');
  expect(readScope('portkey.portkey.configs.read')).toBeUndefined();
});

test('a new key is refused scopes that do not exist or that its type cannot hold', () => {
  expect(scopeProblems('workspace-user', ['configs.read', 'configs.raed', 'audit_logs.list'])).toEqual([
    { scope: 'configs.raed', problem: 'unknown' },
    { scope: 'audit_logs.list', problem: 'not_for_this_key' },
  ]);
  expect(scopeProblems('organisation-service', ['completions.write'])).toHaveLength(1);
});

test('three pairs of path segments make a key type, the fourth does not', () => {
  expect(apiKeyTypeOf('organisation', 'service')).toBe('organisation-service');
  expect(apiKeyTypeOf('workspace', 'service')).toBe('workspace-service');
  expect(apiKeyTypeOf('workspace', 'user')).toBe('workspace-user');
  expect(apiKeyTypeOf('organisation', 'user')).toBeUndefined();
  expect(Object.entries(API_KEY_TYPES).map(([name, { path }]) => [name, path.replace('/', '-')])).toEqual(
    Object.keys(API_KEY_TYPES).map((name) => [name, name]),
  );
});

test('a config is the request’s, else the key’s, else for user keys the workspace’s', () => {
  const key = { configId: 'pc-key', allowConfigOverride: true };
  const none = { configId: null, allowConfigOverride: true };
  const wishes = { request: null, key, keyType: 'workspace-user', workspaceUserKeyConfig: 'pc-ws' } as const;
  expect(chooseConfig({ ...wishes, request: 'pc-req' })).toMatchObject({ from: 'request', config: 'pc-req' });
  expect(chooseConfig(wishes)).toMatchObject({ from: 'key', config: 'pc-key' });
  expect(chooseConfig({ ...wishes, key: none })).toMatchObject({ from: 'workspace', config: 'pc-ws' });
  expect(chooseConfig({ ...wishes, key: none, keyType: 'workspace-service' })).toMatchObject({
    from: 'none',
    config: null,
  });
});

test('a key that lets nobody choose refuses any config of a request', () => {
  const key = { configId: null, allowConfigOverride: false };
  const wishes = { key, keyType: 'workspace-service', workspaceUserKeyConfig: null } as const;
  expect(chooseConfig({ ...wishes, request: 'pc-x' })).toEqual({
    outcome: 'refused',
    message: 'Cannot override default config set for this API key.',
  });
  expect(chooseConfig({ ...wishes, request: null })).toMatchObject({ from: 'none' });
});
