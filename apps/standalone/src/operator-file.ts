import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './kept-file.ts';

/** How the operator's commands reach the vault of this start. */
export interface WayToVault {
  readonly target: string;
  /** File with the operator's token. */
  readonly tokenFile: string;
}

/**
 * Leaves the way to the vault in `<folder>/operator.json`, where `npm run vault` looks for it. The port changes with every start.
 * @returns takes it away again: whoever takes the port later is not to be shown the token
 */
export const tellOperator = async (folder: string, way: WayToVault): Promise<() => Promise<void>> => {
  const file = join(folder, 'operator.json');
  await replaceFile(file, `${JSON.stringify(way)}\n`);
  return () => rm(file, { force: true });
};
