import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { DataDirLocked, lockDataDir } from '@portolan/service-kit';

const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2_000;

/** It did not come true in its time; the message is for the operator. */
export class NotInTime extends Error {}

interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const until = async (isTrue: () => Promise<boolean>, { timeoutMs, signal }: Patience): Promise<boolean> => {
  const endsAt = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() >= endsAt) return false;
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
  return true;
};

/** Waits until the gateway would serve a call. @param apiUrl with `/v1` @throws NotInTime */
export const untilHealthy = async (apiUrl: string, patience: Patience): Promise<void> => {
  const isHealthy = () =>
    fetch(`${apiUrl}/health`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
  if (await until(isHealthy, patience)) return;
  throw new NotInTime(`The gateway knew no keys after ${patience.timeoutMs} ms.`);
};

/** Nobody holds this folder: it is not there, or its owner has gone. */
const isFree = async (folder: string): Promise<boolean> => {
  if ((await stat(folder).catch(() => undefined)) === undefined) return true;
  try {
    const lock = await lockDataDir(folder);
    await lock.release();
    return true;
  } catch (error) {
    if (error instanceof DataDirLocked) return false;
    throw error;
  }
};

/**
 * Waits until the services of a platform that was killed have let go of their folders: they notice, and end by themselves.
 * @throws NotInTime
 */
export const untilLetGo = async (folders: readonly string[], patience: Patience): Promise<void> => {
  for (const folder of folders) {
    if (await until(() => isFree(folder), patience)) continue;
    throw new NotInTime(`${folder} is still held by a service of an earlier start.`);
  }
};
