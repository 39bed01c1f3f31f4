import { createServer, type Server } from 'node:http';

export interface HealthServerOptions {
  /** Whether calls should be sent here now. */
  ready(): boolean;
  metrics(): Promise<{ contentType: string; text: string }>;
}

/** Probes and metrics of a service on a port of their own, never routed to the outside: `/livez`, `/readyz`, `/metrics`. */
export const createHealthServer = (options: HealthServerOptions): Server =>
  createServer((request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
    switch (request.url) {
      case '/livez':
        return void answer(200, 'alive');
      case '/readyz':
        return void (options.ready() ? answer(200, 'ready') : answer(503, 'not ready'));
      case '/metrics':
        return void options.metrics().then(
          ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
          () => answer(500, 'metrics are not available'),
        );
      default:
        return void answer(404, 'not found');
    }
  });

/** Resolves once the server takes connections. @throws the system's error when it cannot */
export const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
