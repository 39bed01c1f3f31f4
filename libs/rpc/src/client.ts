import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  type Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { MultiplexServiceService } from '@portolan/proto';
import { type Trace, toMetadata, traceEntries } from './context.ts';
import type { ErrorCodec, PublicError } from './errors.ts';
import type { ServerStreamDefinition, UnaryDefinition } from './method.ts';
import { type ClientTransport, channelCredentials, LOOPBACK_TOKEN } from './transport.ts';

export interface CallOptions {
  /** How long to wait, ms. Every call has a deadline. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly trace?: Trace;
}

/** Calls methods that answer once. */
export interface UnaryCaller {
  /** @throws an error of the platform, see `errors` */
  unary<Request, Response>(
    definition: UnaryDefinition<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response>;
}

export interface RpcClient extends UnaryCaller {
  /**
   * The answers of a stream as they come. Leaving the loop ends the call.
   * @throws an error of the platform, see `errors` from the loop, also `upstream_timeout` at the deadline: a watch is then begun again
   */
  stream<Request, Response>(
    definition: ServerStreamDefinition<Request, Response>,
    request: Request,
    options: CallOptions,
  ): AsyncIterable<Response>;
  /** A stream for `createMultiplexer`. */
  exchange(): ClientDuplexStream<Buffer, Buffer>;
  close(): void;
}

export interface RpcClientOptions {
  /** For example `dns:///vault:7443`; a headless service, so that all of its pods are known. */
  readonly target: string;
  readonly transport: ClientTransport;
  readonly errors: ErrorCodec;
  /** Paths of the methods that may be tried a second time when the server cannot be reached. */
  readonly idempotent: readonly string[];
  /** One message, either way. */
  readonly messageBytesMax?: number;
}

const MESSAGE_BYTES_MAX = 1_048_576;

/** At most 2 tries, and fewer when more than a fifth of the calls fail. */
const RETRY = {
  policy: {
    maxAttempts: 2,
    initialBackoff: '0.05s',
    maxBackoff: '0.5s',
    backoffMultiplier: 2,
    retryableStatusCodes: ['UNAVAILABLE'],
  },
  throttling: { maxTokens: 10, tokenRatio: 0.2 },
} as const;

/**
 * A pod that fails 5 of 10 calls within 10 s is left out for 30 s, unless half of them are out already. Times here are messages,
 * not text: what grpc-js cannot read it passes over in silence, and then all calls go to one pod.
 */
const BALANCING = [
  {
    outlier_detection: {
      interval: { seconds: 10, nanos: 0 },
      base_ejection_time: { seconds: 30, nanos: 0 },
      max_ejection_percent: 50,
      failure_percentage_ejection: { threshold: 50, enforcement_percentage: 100, minimum_hosts: 2, request_volume: 10 },
      child_policy: [{ round_robin: {} }],
    },
  },
] as const;

const toMethodName = (path: string) => {
  const [, service = '', method = ''] = path.split('/');
  return { service, method };
};

/** The service config of a client: balancing, and retries for the methods that are named, and for no other. */
export const serviceConfigOf = (idempotent: readonly string[]): string =>
  JSON.stringify({
    loadBalancingConfig: BALANCING,
    retryThrottling: RETRY.throttling,
    methodConfig: idempotent.length === 0 ? [] : [{ name: idempotent.map(toMethodName), retryPolicy: RETRY.policy }],
  });

const toOptions = (idempotent: readonly string[], messageBytesMax: number): ClientOptions => ({
  'grpc.service_config': serviceConfigOf(idempotent),
  'grpc.service_config_disable_resolution': 1,
  'grpc.dns_min_time_between_resolutions_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': messageBytesMax,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
});

/** The way to one service: one of these for each target and process. */
export const createRpcClient = (options: RpcClientOptions): RpcClient => {
  const { target, transport, errors, idempotent, messageBytesMax = MESSAGE_BYTES_MAX } = options;
  const client = new Client(target, channelCredentials(transport, target), toOptions(idempotent, messageBytesMax));
  const givenUp = (cause: unknown): PublicError => errors.make('client_closed', 'The call was given up.', cause);
  /** A call that nobody here gave up, and that is cancelled all the same, was cut by the server. */
  const failureOf = (error: ServiceError, signal: AbortSignal | undefined): PublicError =>
    error.code === status.CANCELLED && signal?.aborted === true
      ? givenUp(signal.reason)
      : errors.fromServiceError(error);
  const metadataOf = (trace: Trace = {}): Metadata => {
    const metadata = toMetadata(traceEntries(trace));
    if (transport.kind === 'loopback-plaintext') metadata.set(LOOPBACK_TOKEN, transport.token);
    return metadata;
  };

  return {
    unary: (definition, request, { timeoutMs, signal, trace }) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(givenUp(signal.reason));
        const call = client.makeUnaryRequest(
          definition.path,
          definition.requestSerialize,
          definition.responseDeserialize,
          request,
          metadataOf(trace),
          { deadline: Date.now() + timeoutMs },
          (error, response) => {
            signal?.removeEventListener('abort', onAbort);
            if (error !== null) reject(failureOf(error, signal));
            else if (response !== undefined) resolve(response);
          },
        );
        const onAbort = (): void => call.cancel();
        signal?.addEventListener('abort', onAbort, { once: true });
      }),

    async *stream(definition, request, { timeoutMs, signal, trace }) {
      if (signal?.aborted === true) throw givenUp(signal.reason);
      const call = client.makeServerStreamRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        metadataOf(trace),
        { deadline: Date.now() + timeoutMs },
      );
      const onAbort = (): void => call.cancel();
      signal?.addEventListener('abort', onAbort, { once: true });
      let failure: ServiceError | undefined;
      call.on('error', (error: ServiceError) => {
        failure = error;
      });
      try {
        for await (const response of call) yield response;
      } catch (error) {
        throw failure === undefined ? error : failureOf(failure, signal);
      } finally {
        signal?.removeEventListener('abort', onAbort);
        call.cancel();
      }
    },

    exchange: () =>
      client.makeBidiStreamRequest(
        MultiplexServiceService.exchange.path,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        metadataOf(),
      ),

    close: () => client.close(),
  };
};
