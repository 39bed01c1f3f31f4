import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { NotInTime, untilHealthy, untilLetGo } from './wait-until.ts';

const PATIENT = { timeoutMs: 20_000 };
const AT_ONCE = { timeoutMs: 0 };

test('a gateway is healthy once it says so, however often it said no', async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.statusCode = request.url === '/v1/health' && asked > 2 ? 200 : 503;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  await untilHealthy(apiUrl, PATIENT);
  expect(asked).toBe(3);
  server.close();
  server.closeAllConnections();
  await expect(untilHealthy(apiUrl, AT_ONCE)).rejects.toThrow(NotInTime);
});

test('a folder is waited for until its owner lets go', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'portolan-let-go-'));
  try {
    await untilLetGo([join(dir, 'absent'), dir], AT_ONCE);
    const lock = await lockDataDir(dir);
    await expect(untilLetGo([dir], AT_ONCE)).rejects.toThrow(NotInTime);
    const waiting = untilLetGo([dir], PATIENT);
    await lock.release();
    await waiting;
  } finally {
    await rm(dir, { recursive: true });
  }
});
