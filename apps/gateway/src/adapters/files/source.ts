import type { Logger } from '@portolan/service-kit';
import type { FilesConfig } from '../../config.ts';
import type { ConfigReader } from '../../config-reader.ts';
import type { Source } from '../../ports/source.ts';
import { apiKeysFromFile } from './api-keys.ts';
import { configsFromFolder } from './configs-folder.ts';
import { inMemoryVirtualKeys, virtualKeysFromFile } from './virtual-keys.ts';
import { filesWorkspace } from './workspace.ts';

/** A gateway by itself: three files, and no management API. */
export const filesSource = (config: FilesConfig, readConfig: ConfigReader, log: Logger): Source => {
  const { GATEWAY_CONFIGS_DIR: folder, GATEWAY_VIRTUAL_KEYS_FILE: keysFile } = config;
  const configs = folder === undefined ? undefined : configsFromFolder(folder, readConfig, log);
  const virtualKeys = keysFile === undefined ? inMemoryVirtualKeys({}) : virtualKeysFromFile(keysFile);
  const workspace = filesWorkspace(configs, virtualKeys);
  const savedOnly = config.GATEWAY_INLINE_CONFIGS === 'deny';
  return {
    apiKeys: apiKeysFromFile(config.GATEWAY_API_KEYS_FILE, workspace, savedOnly),
    credentials: virtualKeys,
    management: undefined,
    revision: () => 0,
    gauges: [],
    close: async () => configs?.close(),
  };
};
