import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port nobody listens on right now. A cold start is timed from outside, so the port must be known before. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
