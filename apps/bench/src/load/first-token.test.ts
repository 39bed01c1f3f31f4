import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { measureStreams } from './first-token.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(
  listener: RequestListener,
): Promise<{ url: string; headers: Record<string, string>; body: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return { url: `http://127.0.0.1:${address.port}/v1/chat/completions`, headers: { 'x-a': '1' }, body: '{}' };
}

describe('measureStreams', () => {
  it('takes the asked number of streams over the asked number of connections', async () => {
    const connections = new Set<unknown>();
    const shot = await serve((request, response) => {
      connections.add(request.socket);
      request.resume();
      response.write('data: {}\n\n');
      setImmediate(() => response.end('data: [DONE]\n\n'));
    });
    const times = await measureStreams(shot, 2, 6);
    expect(times).toHaveLength(6);
    expect(connections.size).toBe(2);
    for (const time of times) expect(time.lastTokenMs).toBeGreaterThanOrEqual(time.firstTokenMs);
  });

  it('refuses a stream that ends without [DONE]', async () => {
    const shot = await serve((_request, response) => {
      response.write('data: {}\n\n');
      response.end();
    });
    await expect(measureStreams(shot, 1, 1)).rejects.toThrow('without its end');
  });

  it('refuses another status', async () => {
    const shot = await serve((_request, response) => {
      response.writeHead(500, { 'transfer-encoding': 'chunked' }).end('no');
    });
    await expect(measureStreams(shot, 1, 1)).rejects.toThrow('not a stream');
  });

  it('refuses a connection that breaks', async () => {
    const shot = await serve((request) => request.socket.destroy());
    await expect(measureStreams(shot, 1, 1)).rejects.toThrow();
  });
});
