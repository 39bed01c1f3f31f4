import { priceOf } from '@portolan/model-catalog';
import { type Clock, PlatformError } from '@portolan/service-kit';
import type { FastifyInstance } from 'fastify';
import { readIdentifiers } from '../identifiers.ts';
import { modelPricing } from '../model-pricing.ts';

/** Below the version and without it: that is how the two are documented. A model may have slashes in its name. */
const PATHS = ['/v1/model-configs/pricing/:provider/*', '/model-configs/pricing/:provider/*'];

/** Prices as they are listed here. They are public, so nobody is asked for a key. */
export const pricingRoutes = (app: FastifyInstance, clock: Pick<Clock, 'wallMs'>): void => {
  for (const path of PATHS) {
    app.get<{ Params: { provider: string; '*': string } }>(path, (request, reply) => {
      const { provider, '*': model } = request.params;
      const found = priceOf(provider, model, new Date(clock.wallMs()));
      if (found === undefined) throw new PlatformError('not_found', { public: 'No price of this model is known' });
      const { traceId, requestId } = readIdentifiers(request.headers, request.method, request.url);
      return reply
        .headers({ 'x-portkey-trace-id': traceId, 'x-portkey-request-id': requestId })
        .send(modelPricing(found.row));
    });
  }
};
