import { createApiKey, digestApiKey } from '@portolan/api-key';
import {
  ApiKey,
  ApiKeyStatus,
  ApiKeyType,
  Config,
  ConfigStatus,
  Organization,
  type Pepper,
  Prompt,
  PromptKind,
  PromptPartial,
  PromptStatus,
  PromptVersion,
  TenantStatus,
  VirtualKey,
  VirtualKeyStatus,
  Workspace,
} from '@portolan/proto';
import type { Kind } from './control-plane-stand-in.ts';

/** Things of one organization, `org-1`, in its workspace `ws-1` unless said otherwise. */

export const organization = (rest: Partial<Organization> = {}): Kind => ({
  $case: 'organization',
  value: Organization.create({ id: 'org-1', status: TenantStatus.TENANT_STATUS_ACTIVE, ...rest }),
});

export const workspace = (rest: Partial<Workspace> = {}): Kind => ({
  $case: 'workspace',
  value: Workspace.create({
    id: 'ws-1',
    organizationId: 'org-1',
    slug: 'ws-one',
    status: TenantStatus.TENANT_STATUS_ACTIVE,
    ...rest,
  }),
});

/** Every scope that a call of models may need. */
const SCOPES = ['completions.write', 'prompts.render', 'virtual_keys.list'];

export const apiKey = (text: string, pepper: Pepper, rest: Partial<ApiKey> = {}): Kind => ({
  $case: 'apiKey',
  value: ApiKey.create({
    id: `id-of-${text.slice(3, 11)}`,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    type: ApiKeyType.API_KEY_TYPE_WORKSPACE_SERVICE,
    status: ApiKeyStatus.API_KEY_STATUS_ACTIVE,
    scopes: SCOPES,
    allowConfigOverride: true,
    generation: 1,
    secrets: [secretOf(text, pepper)],
    ...rest,
  }),
});

export const secretOf = (text: string, pepper: Pepper, expireTime?: Date) => {
  const { digest } = digestApiKey(text, { id: pepper.id, secret: pepper.value });
  return { publicPart: '', pepperId: pepper.id, digest: Buffer.from(digest), expireTime };
};

export const newKey = createApiKey;

export const config = (slug: string, version: number, body: object | string, rest: Partial<Config> = {}): Kind => ({
  $case: 'config',
  value: Config.create({
    id: `id-of-${slug}`,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    slug,
    versionId: `${slug}-v${version}`,
    version,
    configJson: typeof body === 'string' ? body : JSON.stringify(body),
    status: ConfigStatus.CONFIG_STATUS_ACTIVE,
    generation: version,
    ...rest,
  }),
});

export const virtualKey = (slug: string, rest: Partial<VirtualKey> = {}): Kind => ({
  $case: 'virtualKey',
  value: VirtualKey.create({
    id: `vk-${slug}`,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    slug,
    provider: 'openai',
    credentialId: `cred-${slug}`,
    status: VirtualKeyStatus.VIRTUAL_KEY_STATUS_ACTIVE,
    generation: 1,
    allowAllModels: true,
    deniedModels: [],
    ...rest,
  }),
});

export const prompt = (
  slug: string,
  versions: readonly Partial<PromptVersion>[],
  rest: Partial<Prompt> = {},
): Kind => ({
  $case: 'prompt',
  value: Prompt.create({
    id: `id-of-${slug}`,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    slug,
    status: PromptStatus.PROMPT_STATUS_ACTIVE,
    generation: 1,
    publishedVersion: 1,
    versions: versions.map((version, at) =>
      PromptVersion.create({
        id: `${slug}-v${at + 1}`,
        number: at + 1,
        kind: PromptKind.PROMPT_KIND_CHAT,
        parametersJson: '{}',
        ...version,
      }),
    ),
    ...rest,
  }),
});

export const partial = (slug: string, templates: readonly string[], rest: Partial<PromptPartial> = {}): Kind => ({
  $case: 'partial',
  value: PromptPartial.create({
    id: `id-of-${slug}`,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    slug,
    status: PromptStatus.PROMPT_STATUS_ACTIVE,
    generation: 1,
    publishedVersion: 1,
    versions: templates.map((template, at) => ({ id: `${slug}-v${at + 1}`, number: at + 1, template })),
    ...rest,
  }),
});
