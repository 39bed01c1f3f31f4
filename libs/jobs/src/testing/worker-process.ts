/** The child process of a test: runs the orders of one queue, one after another, and says which it begins and ends. */
import { Secret } from '@portolan/service-kit';
import { openPglite } from '@portolan/sql';
import { createJobs } from '../index.ts';
import { orderJob, silentLog } from './arena.ts';
import { KILLED_IN, LOST_AFTER_MS, ORDERS } from './orders.ts';

const [kind = '', place = '', name = ''] = process.argv.slice(2);
const say = (what: string): void => void process.stdout.write(`${what}\n`);

const job = orderJob(
  async ({ order }) => {
    say(`begins ${order}`);
    if (order === KILLED_IN) await new Promise(() => undefined);
    say(`ends ${order}`);
  },
  { name, concurrency: 1 },
);

const jobs = await createJobs({
  backend:
    kind === 'redis'
      ? { kind, url: new Secret(place) }
      : { kind: 'embedded', database: await openPglite({ dataDir: place }) },
  jobs: [job],
  lockMs: LOST_AFTER_MS,
  enqueueTimeoutMs: 10_000,
  log: silentLog,
});
for (const order of ORDERS) await jobs.enqueue(job, { order }, { id: `order-${order}` });
jobs.start();
