import { JOB_STATES, type JobState, type QueueHandle } from './backends/backend.ts';

/** How many jobs are in which state. `completed` and `failed` are those that are still remembered. */
export type JobCounts = Readonly<Record<JobState, number>>;

const countIn = async (queue: QueueHandle): Promise<JobCounts> => {
  const found = await queue.getJobCounts(...JOB_STATES);
  const of = (state: JobState): number => found[state] ?? 0;
  return {
    waiting: of('waiting'),
    active: of('active'),
    delayed: of('delayed'),
    completed: of('completed'),
    failed: of('failed'),
  };
};

/** By the name of the job. */
export const countJobs = async (queues: ReadonlyMap<string, QueueHandle>): Promise<ReadonlyMap<string, JobCounts>> =>
  new Map(await Promise.all(Array.from(queues, async ([name, queue]) => [name, await countIn(queue)] as const)));
