import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { providerRegistry } from '@portolan/providers';
import { createLogger } from '@portolan/service-kit';
import { tempDir } from '@portolan/testing';
import { createConfigReader } from '../../config-reader.ts';
import { workspaceConformance } from '../../ports/workspace.conformance.ts';
import { configsFromFolder } from './configs-folder.ts';
import { virtualKeysFromFile } from './virtual-keys.ts';
import { filesWorkspace } from './workspace.ts';

workspaceConformance(async ({ configs, virtualKeys }) => {
  const { path, remove } = await tempDir();
  for (const [slug, config] of Object.entries(configs)) {
    await writeFile(join(path, `${slug}.json`), JSON.stringify(config));
  }
  const keys = Object.entries(virtualKeys).map(([slug, provider]) => [slug, { provider }]);
  const keysFile = join(path, 'virtual-keys.json');
  await writeFile(keysFile, JSON.stringify(Object.fromEntries(keys)));
  const readConfig = createConfigReader(providerRegistry([]), (host) => host);
  const folder = configsFromFolder(path, readConfig, createLogger('test', 'silent'));
  return {
    workspace: filesWorkspace(folder, virtualKeysFromFile(keysFile)),
    async close() {
      folder.close();
      await remove();
    },
  };
});
