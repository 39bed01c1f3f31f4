import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@portolan/service-kit';
import type { JobBackend, QueueHandle } from './backends/backend.ts';
import { repeatOf, type Schedule } from './schedule.ts';
import { templateOptions } from './stored-options.ts';

const RETRY_MS = 5_000;
/** More schedules of one job than anybody would write. */
const LISTED_MAX = 1_000;

const put = (queue: QueueHandle, { job, id, rhythm, stored }: Schedule): Promise<unknown> =>
  queue.upsertJobScheduler(id, repeatOf(rhythm), { name: job.name, data: stored, opts: templateOptions(job) });

/** Makes the schedules of one queue those of this program. */
const bringUpToDate = async (queue: QueueHandle, wanted: readonly Schedule[]): Promise<void> => {
  const known = await queue.getJobSchedulers(0, LISTED_MAX);
  const ids = new Set(wanted.map(({ id }) => id));
  for (const { key } of known) if (!ids.has(key)) await queue.removeJobScheduler(key);
  for (const schedule of wanted) await put(queue, schedule);
};

export interface InstallOptions {
  readonly backend: JobBackend;
  readonly queues: ReadonlyMap<string, QueueHandle>;
  readonly schedules: readonly Schedule[];
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Tries until it is done or the signal aborts. Any number of processes may do so at once. */
export const installSchedules = async (options: InstallOptions): Promise<void> => {
  const { backend, queues, schedules, log, signal } = options;
  while (!signal.aborted) {
    try {
      await backend.ready(RETRY_MS);
      for (const [name, queue] of queues) {
        await bringUpToDate(
          queue,
          schedules.filter(({ job }) => job.name === name),
        );
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ 'error.message': String(error) }, 'schedules could not be installed yet');
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};
