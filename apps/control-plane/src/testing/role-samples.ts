import type { Scope } from '@portolan/access-control';
import type { JsonObject } from '../domain/json.ts';
import type { Tenant, TestPlatform } from './platform.ts';

/** A request to a route, complete enough to be judged. */
export interface Sample {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** What decides about this very object, where a route is opened by several scopes. */
  readonly judgedBy?: readonly [Scope, ...Scope[]];
  /** Open to whoever is in the organization; what is shown is another question. */
  readonly isForAll?: boolean;
}

const config = { virtual_key: 'main' };
const guardrail = {
  checks: [{ id: 'default.contains', parameters: { words: ['secret'], operator: 'none' } }],
  actions: { deny: false, async: false },
};

/** One of everything in one workspace, and a request to each route that is about it. */
export const roleSamples = async (
  platform: TestPlatform,
  tenant: Tenant,
): Promise<{ readonly workspaceId: string; sampleOf(method: string, path: string): Sample }> => {
  const admin = await tenant.key('organisation-service');
  const make = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await platform.call(admin, 'POST', path, body);
    if (answer.status !== 200) throw new Error(`${path} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const workspace = await make('/admin/workspaces', { name: 'Sample' });
  const workspaceId = workspace.id ?? '';
  const within = { workspace_id: workspaceId };
  const userId = await tenant.person('member', { [workspaceId]: 'member' });
  const integrationBody = { name: 'I', ai_provider_id: 'openai', key: 'sk-of-a-sample-0000', ...within };
  const integration = await make('/integrations', integrationBody);
  const providerBody = { name: 'P', integration_id: integration.slug, ...within };
  const virtualKeyBody = { name: 'V', provider: 'openai', key: 'sk-of-a-sample-0001', ...within };
  const virtualKey = await make('/virtual-keys', virtualKeyBody);
  const collection = await make('/collections', { name: 'C', ...within });
  const prompt = {
    name: 'P',
    collection_id: collection.id,
    string: 'Hello {{name}}',
    parameters: { model: 'gpt-4o-mini' },
    virtual_key: virtualKey.slug,
  };
  const madePrompt = await make('/prompts', prompt);
  const partial = { name: 'P', string: 'Hello', ...within };
  const invite = { email: 'sample@example.com', role: 'member', workspaces: [{ id: workspaceId, role: 'member' }] };
  const keyScopes = ['configs.list'];
  const apiKey = await make('/api-keys/workspace/service', { name: 'K', scopes: keyScopes, ...within });

  const verdict = { trace_id: 'sample', value: 1 };
  const caller = await tenant.key('workspace-service', { workspaceId });
  const feedback = (await platform.call(caller, 'POST', '/feedback', verdict)).body;

  const params: Readonly<Record<string, string>> = {
    workspace: workspaceId,
    user: userId,
    id: apiKey.id ?? '',
    type: 'workspace',
    subType: 'service',
    invite: (await make('/admin/users/invites', { ...invite, email: 'pending@example.com' })).id ?? '',
    collection: collection.id ?? '',
    guardrail: (await make('/guardrails', { name: 'G', ...guardrail, ...within })).id ?? '',
    label: (await make('/labels', { name: 'sample', ...within })).id ?? '',
    partial: (await make('/prompts/partials', partial)).id ?? '',
    prompt: madePrompt.id ?? '',
    version: madePrompt.version_id ?? '',
  };
  const slugs: Readonly<Record<string, string>> = {
    configs: (await make('/configs', { name: 'C', config, ...within })).slug ?? '',
    integrations: integration.slug ?? '',
    providers: (await make('/providers', providerBody)).slug ?? '',
    'virtual-keys': virtualKey.slug ?? '',
  };
  const bodies: Readonly<Record<string, JsonObject>> = {
    'POST /admin/workspaces': { name: 'New' },
    'DELETE /admin/workspaces/:workspace': { name: 'Sample', force_delete: true },
    'POST /admin/workspaces/:workspace/users': { users: [{ id: userId, role: 'member' }] },
    'PUT /admin/workspaces/:workspace/users/:user': { role: 'manager' },
    'PUT /admin/users/:user': { role: 'admin' },
    'POST /admin/users/invites': invite,
    'PUT /workspace-exclusions/input-guardrails': { workspaces: [] },
    'PUT /workspace-exclusions/output-guardrails': { workspaces: [] },
    'POST /api-keys/:type/:subType': { name: 'K', scopes: keyScopes, ...within },
    'POST /configs': { name: 'C', config, ...within },
    'POST /integrations': integrationBody,
    'PUT /integrations/:slug/models': { models: [] },
    'PUT /integrations/:slug/workspaces': { workspaces: [] },
    'POST /providers': providerBody,
    'POST /virtual-keys': virtualKeyBody,
    'POST /collections': { name: 'C', ...within },
    'PUT /collections/:collection': { name: 'D' },
    'POST /prompts': prompt,
    'PUT /prompts/:prompt/makeDefault': { version: 1 },
    'PUT /prompts/:prompt/versions/:version': { label_id: null },
    'POST /prompts/partials': partial,
    'PUT /prompts/partials/:partial/makeDefault': { version: 1 },
    'POST /labels': { name: 'other', ...within },
    'POST /feedback': verdict,
    'PUT /feedback/:id': { value: 2 },
    'POST /guardrails': { name: 'G', ...guardrail, ...within },
  };
  /** The samples are of workspaces, where a route is for both them and the organization. */
  const actionOf: Readonly<Record<string, 'create' | 'read' | 'update' | 'delete' | 'list' | 'rotate'>> = {
    POST: 'create',
    GET: 'read',
    PUT: 'update',
    DELETE: 'delete',
  };
  const judgedBy = (method: string, path: string): Pick<Sample, 'judgedBy'> => {
    const action = path.endsWith('/rotate') ? 'rotate' : actionOf[method];
    if (path === '/guardrails' || path.startsWith('/guardrails/')) {
      const list = method === 'GET' && path === '/guardrails' ? 'list' : action;
      if (list !== undefined && list !== 'rotate') return { judgedBy: [`guardrails.${list}`] };
    }
    if (/^\/integrations/.test(path) && path !== '/integrations' && action !== undefined && action !== 'rotate') {
      return { judgedBy: [`workspace_integrations.${action}`] };
    }
    if (path === '/integrations' && method === 'POST') return { judgedBy: ['workspace_integrations.create'] };
    const isOneKey = path === '/api-keys/:id' || path === '/api-keys/:id/rotate' || path === '/api-keys/:type/:subType';
    if (isOneKey && action !== undefined) return { judgedBy: [`workspace_service_api_keys.${action}`] };
    return {};
  };
  return {
    workspaceId,
    sampleOf: (method, path) => ({
      params: {
        ...params,
        slug: slugs[path.split('/')[1] ?? ''] ?? '',
        ...(path.startsWith('/feedback/') ? { id: String(feedback.feedback_id) } : {}),
      },
      body: bodies[`${method} ${path}`] ?? {},
      ...judgedBy(method, path),
      isForAll: method === 'GET' && path === '/admin/workspaces',
    }),
  };
};
