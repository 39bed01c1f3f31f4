import { once } from 'node:events';
import { createServer } from 'node:net';

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
