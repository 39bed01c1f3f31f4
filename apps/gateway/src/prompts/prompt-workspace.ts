import type { Understood } from '../exchange.ts';
import { booleanOf } from '../http/header-values.ts';
import type { Workspace } from '../ports/workspace.ts';

/** What a call of a prompt looks things up in: as it is now, for a caller who wants no older state of the prompt. */
export const promptWorkspace = ({ headers, workspace }: Understood): Workspace | Promise<Workspace> => {
  const value = headers.raw['x-portkey-refresh-prompt-cache'];
  return typeof value === 'string' && booleanOf(value) === true ? workspace.refreshed() : workspace;
};
