import { type CallContext, type ServedMethod, serverStream, unary } from '@portolan/rpc';
import { toPublicError } from './errors.ts';
import type { Vault } from './vault.ts';

/** @throws PlatformError  in place of what went wrong inside */
const told = (error: unknown): never => {
  throw toPublicError(error);
};

type UnaryDefinition<Request, Response> = Parameters<typeof unary<Request, Response>>[0];
type StreamDefinition<Request, Response> = Parameters<typeof serverStream<Request, Response>>[0];

/** A method that works also while the vault is sealed. @param erase see `unary` */
export const servedAlways = <Request, Response>(
  definition: UnaryDefinition<Request, Response>,
  handle: (request: Request, context: CallContext) => Promise<Response>,
  erase?: (response: Response) => void,
): ServedMethod => unary(definition, (request, context) => handle(request, context).catch(told), erase);

/** A method of an unsealed vault. @param erase see `unary` */
export const served = <Request, Response>(
  vault: Vault,
  definition: UnaryDefinition<Request, Response>,
  handle: (request: Request, context: CallContext) => Promise<Response>,
  erase?: (response: Response) => void,
): ServedMethod => {
  const unlessSealed = async (request: Request, context: CallContext): Promise<Response> => {
    vault.seal.rootKey();
    return handle(request, context);
  };
  return servedAlways(definition, unlessSealed, erase);
};

/** A stream of an unsealed vault. */
export const servedStream = <Request, Response>(
  vault: Vault,
  definition: StreamDefinition<Request, Response>,
  handle: (request: Request, context: CallContext) => AsyncIterable<Response>,
): ServedMethod =>
  serverStream(definition, async function* (request, context) {
    try {
      vault.seal.rootKey();
      yield* handle(request, context);
    } catch (error) {
      told(error);
    }
  });

/** Who asked, for the audit. */
export const askedBy = ({ callers, trace }: CallContext) => ({
  caller: callers.join(',') || 'unknown',
  requestId: trace.requestId ?? null,
});
