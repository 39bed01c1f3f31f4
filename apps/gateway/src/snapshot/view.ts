import type { Organization, Prompt, PromptPartial, VirtualKey, Workspace } from '@portolan/proto';
import { type Item, OUTER } from './items.ts';
import type { TwoLevelMap } from './two-level.ts';

type ItemOf<Kind extends Item['kind']> = Extract<Item, { readonly kind: Kind }>;

/** Everything saved, as of one revision. Never changes: a later revision is another view. */
export class SnapshotView {
  /** 0 before anything was heard. */
  readonly revision: number;
  readonly #items: TwoLevelMap<Item>;

  constructor(revision: number, items: TwoLevelMap<Item>) {
    this.revision = revision;
    this.#items = items;
  }

  organization(id: string): Organization | undefined {
    const found = this.#items.get(OUTER.organizations, id);
    return found?.kind === 'organization' ? found.organization : undefined;
  }

  organizations(): readonly Organization[] {
    return this.#items
      .in(OUTER.organizations)
      .flatMap((item) => (item.kind === 'organization' ? item.organization : []));
  }

  workspace(id: string): Workspace | undefined {
    const found = this.#items.get(OUTER.workspaces, id);
    return found?.kind === 'workspace' ? found.workspace : undefined;
  }

  /** By slug or id, within a tenant only. */
  workspaceNamed(organizationId: string, name: string): Workspace | undefined {
    const bySlug = this.#items.get(OUTER.workspaceSlugs(organizationId), name);
    if (bySlug?.kind === 'workspace') return bySlug.workspace;
    const byId = this.workspace(name);
    return byId?.organizationId === organizationId ? byId : undefined;
  }

  /** @param digestHex  of the whole key, lower case */
  apiKey(digestHex: string): ItemOf<'apiKey'> | undefined {
    const found = this.#items.get(OUTER.apiKeys(digestHex), digestHex);
    return found?.kind === 'apiKey' ? found : undefined;
  }

  /** The workspace's own config, else the one that all of the organization may name. */
  config(organizationId: string, workspaceId: string, slug: string): ItemOf<'config'> | undefined {
    const found =
      this.#items.get(OUTER.configs(workspaceId), slug) ??
      this.#items.get(OUTER.organizationConfigs(organizationId), slug);
    return found?.kind === 'config' ? found : undefined;
  }

  virtualKey(workspaceId: string, slug: string): VirtualKey | undefined {
    const found = this.#items.get(OUTER.virtualKeys(workspaceId), slug);
    return found?.kind === 'virtualKey' ? found.virtualKey : undefined;
  }

  virtualKeys(workspaceId: string): readonly VirtualKey[] {
    return this.#items
      .in(OUTER.virtualKeys(workspaceId))
      .flatMap((item) => (item.kind === 'virtualKey' ? item.virtualKey : []));
  }

  /** By slug or id. */
  prompt(workspaceId: string, name: string): Prompt | undefined {
    const found = this.#items.get(OUTER.prompts(workspaceId), name);
    return found?.kind === 'prompt' ? found.prompt : undefined;
  }

  /** By slug or id. */
  partial(workspaceId: string, name: string): PromptPartial | undefined {
    const found = this.#items.get(OUTER.partials(workspaceId), name);
    return found?.kind === 'partial' ? found.partial : undefined;
  }
}
