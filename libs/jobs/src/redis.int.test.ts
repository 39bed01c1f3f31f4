import { Secret } from '@portolan/service-kit';
import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { jobsConformance } from './jobs.conformance.ts';

const url = process.env.TEST_REDIS_URL;
const name = url === undefined ? 'jobs in Redis (set TEST_REDIS_URL to run)' : 'jobs in Redis';

const nextTickOf = async (job: string, schedule: string): Promise<number> => {
  const redis = new Redis(url ?? '');
  const score = await redis.zscore(`{portolan-jobs}:${job}:repeat`, schedule);
  redis.disconnect();
  return Number(score);
};

describe.skipIf(url === undefined)(name, () => {
  jobsConformance('the job queue', () => ({ kind: 'redis', url: new Secret(url ?? '') }), nextTickOf);
});
