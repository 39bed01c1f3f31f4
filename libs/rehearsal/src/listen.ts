import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Listening {
  /** `http://host:port`, without a trailing slash. */
  readonly origin: string;
  /** Stops listening and drops every connection, also those in the middle of an answer. */
  close(): Promise<void>;
}

/**
 * An HTTP server on one address. A handler that fails, also because its client left, ends that connection only.
 * @param port 0 takes any free one
 * @throws when the address cannot be listened on
 */
export const listen = async (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<Listening> => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
