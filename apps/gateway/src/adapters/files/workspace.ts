import type { Configs } from '../../ports/configs.ts';
import type { Workspace } from '../../ports/workspace.ts';
import type { FileVirtualKeys } from './virtual-keys.ts';

/** The one workspace of a deployment that reads files: it has no prompts, and what it does not know is not there. */
export const filesWorkspace = (
  configs: Configs | undefined,
  virtualKeys: Pick<FileVirtualKeys, 'find' | 'list'>,
): Workspace => {
  const workspace: Workspace = {
    config: (slug) => configs?.find(slug),
    virtualKey: virtualKeys.find,
    virtualKeys: virtualKeys.list,
    prompt: () => undefined,
    partial: () => undefined,
    newer: async () => undefined,
    refreshed: async () => workspace,
  };
  return workspace;
};
