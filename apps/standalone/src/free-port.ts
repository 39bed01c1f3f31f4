import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where the services of one machine meet. */
export const LOOPBACK = '127.0.0.1';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken; choose another one with --port',
  EACCES: 'may not be used without more rights; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'cannot be listened on, as this machine has no such address; choose another one with --host',
};

/** An address that cannot be listened on; the message says what to change. */
export class AddressUnusable extends Error {
  constructor(host: string, port: number, reason: string) {
    super(`Port ${port} on ${host} ${reason}.`);
    this.name = 'AddressUnusable';
  }
}

/**
 * Listens for a moment, to say in our own options what the gateway could only say in its own.
 * Somebody may still take the port before the gateway does; then the gateway says so.
 * @param port  0 is always free
 * @throws AddressUnusable
 */
export const requireFreePort = async (host: string, port: number): Promise<void> => {
  if (port === 0) return;
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new AddressUnusable(host, port, REASONS[code] ?? `cannot be listened on (${code})`);
  }
  server.close();
  await once(server, 'close');
};

/**
 * Ports of this machine's loopback that nobody listens on, all different. They are free again when this resolves: whoever is to
 * have them should take them soon.
 */
export const findFreePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen({ host: LOOPBACK, port: 0 }));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};
