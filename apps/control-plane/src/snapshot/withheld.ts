import { type Logger, PlatformError } from '@portolan/service-kit';
import type { Database } from '@portolan/sql';
import { recordChanges } from '../change/changes.ts';
import { transactionally } from '../change/run-write.ts';
import type { Vault } from '../ports/vault.ts';

export interface WithheldOptions {
  readonly db: Database;
  readonly vault: Pick<Vault, 'sealingKeys'>;
  readonly log: Logger;
  /** How soon the vault is asked again, ms; each time in vain doubles it. */
  readonly retryMs: number;
}

/**
 * Sealed configs that gateways could not be told of, because the vault has not given the keys. When it does, they are told as a change.
 * As long as there are any, a gateway must not believe that it knows everything.
 */
export interface Withheld {
  /** @throws PlatformError `store_unavailable` when there are too many to remember */
  add(configId: string, keyId: string): void;
  size(): number;
  close(): void;
}

const REMEMBERED_MAX = 50_000;
const RETRY_MAX_MS = 30_000;
/** Changes in one transaction. */
const BATCH = 500;

export const createWithheld = ({ db, vault, log, retryMs }: WithheldOptions): Withheld => {
  /** Config id to key id. */
  const waiting = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;
  let closed = false;

  const arrived = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const keyId of new Set(waiting.values())) {
      const keys = await vault.sealingKeys(keyId);
      if (keys.some(({ id }) => id === keyId)) {
        ids.push(...[...waiting].filter(([, named]) => named === keyId).map(([id]) => id));
      }
    }
    return ids;
  };

  const tell = async (ids: readonly string[]): Promise<void> => {
    for (let from = 0; from < ids.length && !closed; from += BATCH) {
      const some = ids.slice(from, from + BATCH);
      await transactionally(db, (tx) =>
        recordChanges(
          tx,
          some.map((id) => ({ kind: 'config', id })),
        ),
      );
      for (const id of some) waiting.delete(id);
    }
    if (ids.length > 0) log.info({ configs: ids.length, left: waiting.size }, 'configs can be opened now');
  };

  const look = async (): Promise<void> => {
    timer = undefined;
    try {
      await tell(await arrived());
    } catch (error) {
      if (attempts === 0) log.warn({ error, configs: waiting.size }, 'sealed configs wait for their keys');
    }
    attempts += 1;
    schedule();
  };

  const schedule = (): void => {
    if (waiting.size === 0) attempts = 0;
    if (closed || waiting.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => void look(), Math.min(retryMs * 2 ** Math.min(attempts, 10), RETRY_MAX_MS));
    timer.unref();
  };

  return {
    add(configId, keyId) {
      if (waiting.size >= REMEMBERED_MAX && !waiting.has(configId)) {
        throw new PlatformError('store_unavailable', { public: 'The vault does not give the keys of saved configs.' });
      }
      waiting.set(configId, keyId);
      schedule();
    },
    size: () => waiting.size,
    close() {
      closed = true;
      clearTimeout(timer);
      waiting.clear();
    },
  };
};
