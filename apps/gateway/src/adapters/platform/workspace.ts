import type { VersionSelector } from '@portolan/prompt-template';
import type { VirtualKey } from '../../ports/virtual-keys.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { CatchUp } from '../../snapshot/catch-up.ts';
import type { SnapshotView } from '../../snapshot/view.ts';
import type { Understand } from './understand.ts';

export interface WorkspaceDeps {
  readonly catchUp: CatchUp;
  readonly understand: Understand;
  view(): SnapshotView;
}

/** One workspace as of one view. */
export const platformWorkspace = (
  view: SnapshotView,
  organizationId: string,
  workspaceId: string,
  deps: WorkspaceDeps,
): Workspace => {
  const { understand } = deps;
  const virtualKey = (slug: string): VirtualKey | undefined => {
    const found = view.virtualKey(workspaceId, slug);
    return found && understand.virtualKey(found);
  };
  const inNewestView = () => platformWorkspace(deps.view(), organizationId, workspaceId, deps);
  return {
    config(slug) {
      const found = view.config(organizationId, workspaceId, slug);
      return found && understand.config(found.config);
    },
    virtualKey,
    virtualKeys: () => view.virtualKeys(workspaceId).map(understand.virtualKey),
    prompt({ prompt: name, version }) {
      const prompt = view.prompt(workspaceId, name);
      const found = prompt && versionIn(prompt, version);
      return prompt && found && understand.promptVersion(prompt, found);
    },
    partial({ prompt: name, version }) {
      const partial = view.partial(workspaceId, name);
      return partial && versionIn(partial, version)?.template;
    },
    async newer(missed) {
      const hasNews = await deps.catchUp.after(`${workspaceId} ${missed}`, view);
      return hasNews ? inNewestView() : undefined;
    },
    async refreshed() {
      await deps.catchUp.now();
      return inNewestView();
    },
  };
};

interface Numbered {
  readonly number: number;
  /** Partials carry none. */
  readonly labels?: readonly string[];
}

/** Versions stand in the order of their numbers. */
const versionIn = <V extends Numbered>(
  { publishedVersion, versions }: { readonly publishedVersion: number; readonly versions: readonly V[] },
  selector: VersionSelector,
): V | undefined => {
  switch (selector.kind) {
    case 'published':
      return versions.find(({ number }) => number === publishedVersion);
    case 'latest':
      return versions.at(-1);
    case 'number':
      return versions.find(({ number }) => number === selector.number);
    case 'label':
      return versions.find(({ labels }) => labels?.includes(selector.label));
  }
};
