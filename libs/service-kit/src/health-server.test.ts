import type { Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createHealthServer, listen } from './health-server.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const start = async (options: Partial<Parameters<typeof createHealthServer>[0]> = {}) => {
  const server = createHealthServer({
    ready: () => true,
    metrics: async () => ({ contentType: 'text/plain', text: 'a_metric 1' }),
    ...options,
  });
  servers.push(server);
  await listen(server, '127.0.0.1', 0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return (path: string) => fetch(`http://127.0.0.1:${address.port}${path}`);
};

test('a service that is not ready is alive all the same', async () => {
  const ask = await start({ ready: () => false });
  expect((await ask('/livez')).status).toBe(200);
  expect((await ask('/readyz')).status).toBe(503);
});

test('metrics are exposed, and what cannot be measured is an error of that path only', async () => {
  expect(await (await (await start())('/metrics')).text()).toBe('a_metric 1');
  const ask = await start({ metrics: () => Promise.reject(new Error('a secret')) });
  const failed = await ask('/metrics');
  expect([failed.status, await failed.text()]).toEqual([500, 'metrics are not available\n']);
  expect((await ask('/readyz')).status).toBe(200);
});

test('a port that is taken is told, not waited for', async () => {
  const first = createHealthServer({ ready: () => true, metrics: () => Promise.reject(new Error()) });
  servers.push(first);
  await listen(first, '127.0.0.1', 0);
  const address = first.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const second = createHealthServer({ ready: () => true, metrics: () => Promise.reject(new Error()) });
  await expect(listen(second, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
