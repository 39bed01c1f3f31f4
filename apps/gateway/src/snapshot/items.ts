import {
  type ApiKey,
  type ApiKeySecret,
  ApiKeyStatus,
  type Config,
  ConfigStatus,
  type Entity,
  type Organization,
  type Prompt,
  type PromptPartial,
  PromptStatus,
  type VirtualKey,
  VirtualKeyStatus,
  type Workspace,
} from '@portolan/proto';
import type { Placing } from './two-level.ts';

/** One thing in the view. What is costly to understand is understood when it is first asked for. */
export type Item =
  | { readonly kind: 'organization'; readonly organization: Organization }
  | { readonly kind: 'workspace'; readonly workspace: Workspace }
  | { readonly kind: 'apiKey'; readonly apiKey: ApiKey; readonly secret: ApiKeySecret }
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'virtualKey'; readonly virtualKey: VirtualKey }
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | { readonly kind: 'partial'; readonly partial: PromptPartial };

/** The outer keys of the view. */
export const OUTER = {
  organizations: 'organizations',
  workspaces: 'workspaces',
  workspaceSlugs: (organizationId: string) => `workspace-slugs:${organizationId}`,
  /** API keys lie in 256 maps by the beginning of their digest, so that a change copies few of them. */
  apiKeys: (digestHex: string) => `api-keys:${digestHex.slice(0, 2)}`,
  configs: (workspaceId: string) => `configs:${workspaceId}`,
  organizationConfigs: (organizationId: string) => `organization-configs:${organizationId}`,
  virtualKeys: (workspaceId: string) => `virtual-keys:${workspaceId}`,
  prompts: (workspaceId: string) => `prompts:${workspaceId}`,
  partials: (workspaceId: string) => `partials:${workspaceId}`,
} as const;

/** An entity as the book keeps it. */
export interface Known {
  readonly entity: Entity;
  /** Of what kind, with its id. */
  readonly key: string;
  readonly generation: number;
  /** Where requests find it; nowhere once it is gone for good. */
  readonly placings: readonly Placing<Item>[];
}

/** Of what has no generation of its own: what is heard later is true. */
const NO_GENERATION = 0;

/**
 * What an entity is in the view.
 * @returns undefined for a kind that only a newer gateway knows
 */
export const knownOf = (entity: Entity): Known | undefined => {
  const { kind } = entity;
  switch (kind?.$case) {
    case 'organization':
      return known(entity, kind.value.id, NO_GENERATION, [organizationPlacing(kind.value)]);
    case 'workspace':
      return known(entity, kind.value.id, NO_GENERATION, workspacePlacings(kind.value));
    case 'apiKey':
      return known(entity, kind.value.id, kind.value.generation, apiKeyPlacings(kind.value));
    case 'config':
      return known(entity, kind.value.id, kind.value.generation, configPlacings(kind.value));
    case 'virtualKey':
      return known(entity, kind.value.id, kind.value.generation, virtualKeyPlacings(kind.value));
    case 'prompt':
      return known(entity, kind.value.id, kind.value.generation, promptPlacings(kind.value));
    case 'partial':
      return known(entity, kind.value.id, kind.value.generation, partialPlacings(kind.value));
    default:
      return undefined;
  }
};

const known = (entity: Entity, id: string, generation: number, placings: readonly Placing<Item>[]): Known => ({
  entity,
  key: `${entity.kind?.$case}:${id}`,
  generation,
  placings,
});

const organizationPlacing = (organization: Organization): Placing<Item> => ({
  outer: OUTER.organizations,
  inner: organization.id,
  value: { kind: 'organization', organization },
});

const workspacePlacings = (workspace: Workspace): readonly Placing<Item>[] => {
  const value: Item = { kind: 'workspace', workspace };
  return [
    { outer: OUTER.workspaces, inner: workspace.id, value },
    { outer: OUTER.workspaceSlugs(workspace.organizationId), inner: workspace.slug, value },
  ];
};

/** A spent or expired key stays where it is found: its owner is told why it does not work. */
const apiKeyPlacings = (apiKey: ApiKey): readonly Placing<Item>[] => {
  const { status } = apiKey;
  if (status === ApiKeyStatus.API_KEY_STATUS_REVOKED || status === ApiKeyStatus.API_KEY_STATUS_UNSPECIFIED) return [];
  return apiKey.secrets.map((secret) => {
    const inner = secret.digest.toString('hex');
    return { outer: OUTER.apiKeys(inner), inner, value: { kind: 'apiKey', apiKey, secret } };
  });
};

const configPlacings = (config: Config): readonly Placing<Item>[] => {
  if (config.status !== ConfigStatus.CONFIG_STATUS_ACTIVE) return [];
  const outer =
    config.workspaceId === '' ? OUTER.organizationConfigs(config.organizationId) : OUTER.configs(config.workspaceId);
  return [{ outer, inner: config.slug, value: { kind: 'config', config } }];
};

const virtualKeyPlacings = (virtualKey: VirtualKey): readonly Placing<Item>[] => {
  const { status, workspaceId, slug } = virtualKey;
  const isGone =
    status === VirtualKeyStatus.VIRTUAL_KEY_STATUS_ARCHIVED ||
    status === VirtualKeyStatus.VIRTUAL_KEY_STATUS_UNSPECIFIED;
  const value: Item = { kind: 'virtualKey', virtualKey };
  return isGone ? [] : [{ outer: OUTER.virtualKeys(workspaceId), inner: slug, value }];
};

/** By slug and by id: both are accepted as a name. */
const promptPlacings = (prompt: Prompt): readonly Placing<Item>[] => {
  if (prompt.status !== PromptStatus.PROMPT_STATUS_ACTIVE) return [];
  const outer = OUTER.prompts(prompt.workspaceId);
  const value: Item = { kind: 'prompt', prompt };
  return [
    { outer, inner: prompt.slug, value },
    { outer, inner: prompt.id, value },
  ];
};

const partialPlacings = (partial: PromptPartial): readonly Placing<Item>[] => {
  if (partial.status !== PromptStatus.PROMPT_STATUS_ACTIVE) return [];
  const outer = OUTER.partials(partial.workspaceId);
  const value: Item = { kind: 'partial', partial };
  return [
    { outer, inner: partial.slug, value },
    { outer, inner: partial.id, value },
  ];
};
