import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { quantile } from '../statistics.ts';
import { changeConfig, type Delays, revokeKeys } from './changes.ts';
import { startServices } from './services.ts';
import { startWatchers } from './watchers.ts';

/** This file runs bundled, as apps/bench/dist/platform.mjs. */
const workspace = fileURLToPath(new URL('../../..', import.meta.url));

const WATCHERS = 20;
const CONFIG_CHANGES = 1_000;
const REVOCATIONS = 200;

const row = (title: string, delays: Delays): string => {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(delays, share).toFixed(1));
  return `${title.padEnd(46)} p50 ${p50} ms · p99 ${p99} ms · max ${max} ms (${delays.length} values)`;
};

const { TEST_POSTGRES_URL: postgresUrl, TEST_REDIS_URL: redisUrl } = process.env;
const outside = postgresUrl === undefined || redisUrl === undefined ? undefined : { postgresUrl, redisUrl };
const services = await startServices(outside === undefined ? { workspace } : { workspace, outside });
try {
  const watchers = await startWatchers(WATCHERS, services);
  process.stdout.write(
    `${outside === undefined ? 'embedded stores' : 'PostgreSQL and Redis'}, ${WATCHERS} watchers, from the write being sent\n`,
  );
  process.stdout.write(
    `${row(`${CONFIG_CHANGES} changes of a config in a row`, await changeConfig(services, watchers, CONFIG_CHANGES))}\n`,
  );
  process.stdout.write(
    `${row(`${REVOCATIONS} API keys revoked in a row`, await revokeKeys(services, watchers, REVOCATIONS))}\n`,
  );
  watchers.stop();
} finally {
  await services.stop();
}
