import type { EndpointAdapter } from '../spec/provider.ts';
import { requestHeaders } from './auth.ts';
import { toMessages } from './request.ts';
import { fromMessage } from './response.ts';
import { messagesDecoder } from './stream.ts';

/** Chat by way of the Messages API. */
export const chatComplete: EndpointAdapter = {
  toUpstream(body, ctx) {
    const { body: mapped, betas, version, notices } = toMessages(body, { strict: ctx.strict });
    return {
      path: '/messages',
      headers: requestHeaders(ctx.options, betas, version),
      body: mapped,
      notices,
    };
  },
  fromUpstream: (body, _headers, ctx) => fromMessage(body, ctx),
  stream: { framing: 'sse', decoder: messagesDecoder },
};
