import { status } from '@grpc/grpc-js';
import type { CallContext } from './context.ts';
import { RpcRefusal } from './errors.ts';

/** A method as the generated code describes it. */
export interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export interface UnaryDefinition<Request, Response> extends MethodDefinition<Request, Response> {
  readonly requestStream: false;
  readonly responseStream: false;
}

export interface ServerStreamDefinition<Request, Response> extends MethodDefinition<Request, Response> {
  readonly requestStream: false;
  readonly responseStream: true;
}

export interface ServedUnary {
  readonly kind: 'unary';
  readonly path: string;
  readonly run: (message: Buffer, context: CallContext) => Promise<Buffer>;
}

export interface ServedStream {
  readonly kind: 'server-stream';
  readonly path: string;
  readonly run: (message: Buffer, context: CallContext) => AsyncIterable<Buffer>;
}

/** A method with the code behind it, bytes in and bytes out. */
export type ServedMethod = ServedUnary | ServedStream;

const decode = <Request>(deserialize: (bytes: Buffer) => Request, message: Buffer): Request => {
  try {
    return deserialize(message);
  } catch {
    throw new RpcRefusal(status.INVALID_ARGUMENT, 'The message cannot be read.');
  }
};

/**
 * One answer to one request.
 * @param erase  clears what is secret in an answer, when it has been written; the bytes on their way out are out of our hands
 */
export const unary = <Request, Response>(
  definition: UnaryDefinition<Request, Response>,
  handle: (request: Request, context: CallContext) => Promise<Response>,
  erase: (response: Response) => void = () => undefined,
): ServedUnary => ({
  kind: 'unary',
  path: definition.path,
  run: async (message, context) => {
    const response = await handle(decode(definition.requestDeserialize, message), context);
    try {
      return definition.responseSerialize(response);
    } finally {
      erase(response);
    }
  },
});

/**
 * Many answers to one request. The iterable should end when `context.signal` aborts; it is given up then, and what it still
 * holds is freed by its `finally`.
 */
export const serverStream = <Request, Response>(
  definition: ServerStreamDefinition<Request, Response>,
  handle: (request: Request, context: CallContext) => AsyncIterable<Response>,
): ServedStream => ({
  kind: 'server-stream',
  path: definition.path,
  async *run(message, context) {
    for await (const response of handle(decode(definition.requestDeserialize, message), context)) {
      yield definition.responseSerialize(response);
    }
  },
});
