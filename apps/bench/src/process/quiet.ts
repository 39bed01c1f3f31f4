import { setTimeout as delay } from 'node:timers/promises';
import { watchForeignCpu } from './usage.ts';

const SAMPLE_MS = 500;
/** Above this share of the machine somebody else is working, and figures move by more than they differ. */
export const QUIET_SHARE = 0.06;

/**
 * Waits until other processes leave the cores alone, but not for ever.
 * @returns whether it became quiet in time
 */
export async function waitForQuiet(pids: readonly number[], atMostMs: number): Promise<boolean> {
  const deadline = performance.now() + atMostMs;
  do {
    const foreignShare = watchForeignCpu(pids);
    await delay(SAMPLE_MS);
    if (foreignShare() <= QUIET_SHARE) return true;
  } while (performance.now() < deadline);
  return false;
}
