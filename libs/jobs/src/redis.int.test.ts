import { Secret } from '@portolan/service-kit';
import { describe } from 'vitest';
import { jobsConformance } from './jobs.conformance.ts';

const url = process.env.TEST_REDIS_URL;
const name = url === undefined ? 'jobs in Redis (set TEST_REDIS_URL to run)' : 'jobs in Redis';

describe.skipIf(url === undefined)(name, () => {
  jobsConformance('the job queue', () => ({ kind: 'redis', url: new Secret(url ?? '') }));
});
