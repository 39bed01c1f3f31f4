import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDispatcher, createTrust } from '@portolan/egress-rules';
import { PlatformError } from '@portolan/service-kit';
import { expect, it } from 'vitest';
import { checkCustomHost } from './custom-host.ts';

it('a host that nobody may be sent to is the fault of the request, which does not learn why', () => {
  const refuse = () => checkCustomHost('http://127.0.0.1', createTrust([]));
  expect(refuse).toThrow(PlatformError);
  expect(refuse).toThrow('Invalid custom host');
});

const dispatch = (trusted: readonly string[], origin: string): Promise<number | string | undefined> => {
  const dispatcher = createDispatcher({ trust: createTrust(trusted), connectTimeoutMs: 2_000, connections: 1 });
  return dispatcher
    .request({ origin, path: '/', method: 'GET' })
    .then(
      async (response) => {
        await response.body.dump();
        return response.statusCode;
      },
      (error: NodeJS.ErrnoException) => error.code,
    )
    .finally(() => dispatcher.destroy());
};

it('the connector refuses a private address after DNS, and connects where trust allows it', async () => {
  const server = createServer((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await dispatch([], `http://localhost:${port}`)).toBe('EGRESS_DENIED');
  expect(await dispatch([], `http://127.0.0.1:${port}`)).toBe('EGRESS_DENIED');
  expect(await dispatch(['localhost'], `http://127.0.0.1:${port}`)).toBe('EGRESS_DENIED');
  expect(await dispatch(['localhost'], `http://localhost:${port}`)).toBe(302);
  server.close();
});
