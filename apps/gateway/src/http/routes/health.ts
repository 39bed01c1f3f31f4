import type { FastifyInstance } from 'fastify';
import type { ServerOptions } from '../server.ts';

/** Health as callers see it, on the data plane's own port. 200 only when a call would be served. */
export const healthRoutes = (app: FastifyInstance, { version, ready }: ServerOptions): void => {
  app.get('/v1/health', (_request, reply) =>
    ready()
      ? reply.send({ status: 'success', message: 'Server is healthy', version })
      : reply.code(503).send({ status: 'failure', message: 'Server is not ready', version }),
  );
  app.get('/', (_request, reply) => reply.type('text/plain').send('AI Gateway says hey!'));
};
