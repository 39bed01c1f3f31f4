import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/**
 * Files of a data directory that gateways read before there was a management API. Nobody reads them now.
 * @returns one sentence that names them and says how to bring them in; undefined when there are none
 */
export const leftBehind = async (root: string): Promise<string | undefined> => {
  const configs = (await namesIn(join(root, 'configs'))).filter((name) => name.endsWith('.json'));
  const found = [
    ...(configs.length > 0 ? [join(root, 'configs')] : []),
    ...((await namesIn(root)).includes('virtual-keys.json') ? [join(root, 'virtual-keys.json')] : []),
  ];
  if (found.length === 0) return undefined;
  return `Not read any more: ${found.join(' and ')}. Configs and virtual keys are kept by the management API now; docs/cli.md says how to bring these in.`;
};
