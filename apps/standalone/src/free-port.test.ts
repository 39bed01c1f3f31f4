import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { AddressUnusable, findFreePorts, LOOPBACK, requireFreePort } from './free-port.ts';

test('a taken port is named with the option that helps, and is usable again once it is free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(requireFreePort('127.0.0.1', port)).rejects.toThrow(AddressUnusable);
  await expect(requireFreePort('127.0.0.1', port)).rejects.toThrow(
    `${port} on 127.0.0.1 is taken; choose another one with --port`,
  );
  server.close();
  await once(server, 'close');
  await requireFreePort('127.0.0.1', port);
  await requireFreePort('127.0.0.1', port);
});

test('an address that is not of this machine points at the other option', async () => {
  await expect(requireFreePort('192.0.2.1', 80)).rejects.toThrow('another one with --host');
});

test('ports that are found are different and free', async () => {
  const ports = await findFreePorts(5);
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) await requireFreePort(LOOPBACK, port);
});
