import type { PlatformError } from '@portolan/service-kit';
import type { Workspace } from './ports/workspace.ts';

/** What a look-up in a workspace comes to. */
export type Search<T> =
  | { readonly kind: 'found'; readonly value: T }
  /** @property error what the caller is told if a second look finds nothing either */
  | { readonly kind: 'missed'; readonly missed: string; readonly error: PlatformError };

/**
 * Looks something up, and once more where it might have been saved a moment ago. At once when the first look finds it.
 * @throws PlatformError when it is not there, also as a rejection
 */
export const lookTwice = <T>(workspace: Workspace, look: (workspace: Workspace) => Search<T>): T | Promise<T> => {
  const first = look(workspace);
  return first.kind === 'found' ? first.value : lookAgain(workspace, first, look);
};

const lookAgain = async <T>(
  workspace: Workspace,
  first: Extract<Search<T>, { kind: 'missed' }>,
  look: (workspace: Workspace) => Search<T>,
): Promise<T> => {
  const newer = await workspace.newer(first.missed);
  if (newer === undefined) throw first.error;
  const second = look(newer);
  if (second.kind === 'missed') throw second.error;
  return second.value;
};
