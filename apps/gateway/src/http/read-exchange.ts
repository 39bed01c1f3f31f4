import type { IncomingMessage } from 'node:http';
import type { Clock } from '@portolan/service-kit';
import { Cancellation } from '../cancellation.ts';
import type { Asked, CallIds, Received } from '../exchange.ts';
import { checkNames, readClientHeaders } from './client-headers.ts';

const NO_BODY = new Uint8Array();

/** A request as the pipeline sees it. @throws PlatformError (400) for headers that cannot be meant */
export const readExchange = (
  asks: Asked,
  named: string,
  request: IncomingMessage,
  bytes: Uint8Array | undefined,
  ids: CallIds,
  clock: Clock,
): Received => {
  checkNames(request.rawHeaders, request.headers);
  return {
    asks,
    named,
    url: request.url ?? '',
    method: request.method ?? '',
    headers: readClientHeaders(request.headers),
    bytes: bytes ?? NO_BODY,
    ids,
    receivedAtMs: clock.wallMs(),
    startedAtMs: clock.monotonicMs(),
    cancellation: new Cancellation(),
  };
};
