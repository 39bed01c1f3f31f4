import { setTimeout as pause } from 'node:timers/promises';
import { SchemaRefused } from '@portolan/sql';

export interface OpeningSettings {
  /** What must succeed before the vault is open, in order. Each is tried again from the first. */
  readonly steps: readonly (() => Promise<void>)[];
  /** The pause after the first failure, ms; each further one doubles it. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** Told of every failure that waiting may cure. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the vault is open, or when the signal aborts before.
 * @throws SchemaRefused  which no waiting cures
 */
export const openVault = async (settings: OpeningSettings): Promise<void> => {
  const { steps, retryMaxMs, onFailure, signal } = settings;
  for (let retryMs = settings.retryMs; !signal.aborted; retryMs = Math.min(retryMaxMs, retryMs * 2)) {
    try {
      for (const step of steps) await step();
      return;
    } catch (error) {
      if (error instanceof SchemaRefused) throw error;
      onFailure(error);
    }
    await pause(retryMs, undefined, { signal }).catch(() => undefined);
  }
};
