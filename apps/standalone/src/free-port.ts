import { once } from 'node:events';
import { createServer } from 'node:net';

export class PortTaken extends Error {
  constructor(host: string, port: number) {
    super(`Port ${port} on ${host} is taken; choose another one with --port.`);
    this.name = 'PortTaken';
  }
}

/**
 * Listens for a moment, to say in our own options what the gateway could only say in its own.
 * Somebody may still take the port before the gateway does; then the gateway says so.
 * @param port  0 is always free
 * @throws PortTaken, or what else keeps us from listening
 */
export const requireFreePort = async (host: string, port: number): Promise<void> => {
  if (port === 0) return;
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw new PortTaken(host, port);
    throw error;
  }
  server.close();
  await once(server, 'close');
};
