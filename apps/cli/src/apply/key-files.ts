import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type SecretFile, takeSecretFile } from '../output/secret-file.ts';
import type { Action } from '../plan/action.ts';

const makesKey = ({ kind, verb }: Action): boolean => kind === 'ApiKey' && verb === 'create';

/** Whether API keys would be made, each of which is shown once. */
export const makesKeys = (actions: readonly Action[]): boolean => actions.some(makesKey);

const fileOf = (folder: string, { name }: Action): string => join(folder, `${name.replace(/[^\w.-]+/g, '-')}.key`);

/** A file for each key that will be made, taken before any is. */
export const takeKeyFiles = (
  actions: readonly Action[],
  folder: string | undefined,
): ReadonlyMap<Action, SecretFile> => {
  const taken = new Map<Action, SecretFile>();
  if (folder === undefined) return taken;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    for (const action of actions.filter(makesKey)) {
      taken.set(action, takeSecretFile(fileOf(folder, action)));
    }
  } catch (error) {
    for (const file of taken.values()) file.release();
    throw error;
  }
  return taken;
};
