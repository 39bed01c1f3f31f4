import type { Configs } from '../../ports/configs.ts';

/** No saved configs: every call brings its own. */
export const noConfigs: Configs = { find: () => undefined, close: () => undefined };
