import { createServer, type Server } from 'node:http';

/** Probes and metrics on a port of their own, never routed to the outside. */
export const createHealthServer = (options: {
  ready(): boolean;
  metrics(): Promise<{ contentType: string; text: string }>;
}): Server =>
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
