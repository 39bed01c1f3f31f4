import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../../../deps.ts';
import { openBodies } from '../../../sealing/config-body.ts';
import type { ConfigVersionRow } from '../../../store/configs.ts';

/** A version whose body can be read. */
export type OpenConfigVersion = ConfigVersionRow & { readonly body: string };

/**
 * Versions with their bodies, in their order.
 * @throws PlatformError  `store_unavailable` when the vault is gone and has given no key yet; `config_unreadable`
 */
export const openConfigs = async (
  rows: readonly ConfigVersionRow[],
  { vault, log }: Pick<Deps, 'vault' | 'log'>,
): Promise<readonly OpenConfigVersion[]> => {
  const opened = await openBodies(rows, vault);
  return rows.map((row, at) => {
    const result = opened[at];
    if (result?.outcome === 'opened') return { ...row, body: result.body };
    if (result?.outcome === 'no-key') {
      throw new PlatformError('store_unavailable', {
        public: 'The config holds a secret and is sealed, and the vault does not give its key at the moment.',
      });
    }
    const { id, version_id } = row;
    log.error({ configId: id, versionId: version_id, reason: result?.reason }, 'a stored config does not open');
    throw new PlatformError('config_unreadable', {
      public: `Version ${row.number} of the config does not open: what is stored was changed or moved. Save the config again.`,
    });
  });
};

/** A version with its body. @throws PlatformError see `openConfigs` */
export const openConfig = async (
  row: ConfigVersionRow,
  deps: Pick<Deps, 'vault' | 'log'>,
): Promise<OpenConfigVersion> => {
  const [opened] = await openConfigs([row], deps);
  return opened ?? Promise.reject(new Error('One row gave no version.'));
};

/** The same, or undefined for what will never open again: it can still be replaced. @throws PlatformError `store_unavailable` */
export const openUnlessRuined = async (
  row: ConfigVersionRow,
  deps: Pick<Deps, 'vault' | 'log'>,
): Promise<OpenConfigVersion | undefined> => {
  try {
    return await openConfig(row, deps);
  } catch (error) {
    if (error instanceof PlatformError && error.type === 'config_unreadable') return undefined;
    throw error;
  }
};
