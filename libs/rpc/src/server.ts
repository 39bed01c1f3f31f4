import { setMaxListeners } from 'node:events';
import { Server, type ServerOptions } from '@grpc/grpc-js';
import { MultiplexServiceService } from '@portolan/proto';
import type { ErrorCodec } from './errors.ts';
import { createHealth } from './health.ts';
import { type AccessTable, accessProblems, type IdentityBook, identitiesOf, identitiesOfToken } from './identity.ts';
import type { ServedMethod, ServedUnary } from './method.ts';
import { type RawCall, type Serving, serveStream, serveUnary } from './serve-call.ts';
import { serveExchange } from './serve-exchange.ts';
import { LOOPBACK_TOKEN, type ServerTransport, serverCredentials } from './transport.ts';

export interface ServerLimits {
  /** One message, either way. */
  readonly messageBytesMax: number;
  readonly connectionAgeMs: number;
  /** How long calls of a connection that is too old may still take. */
  readonly connectionGraceMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly streamsPerConnectionMax: number;
  /** Open calls on one multiplexed stream. */
  readonly exchangeInFlightMax: number;
}

export const SERVER_LIMITS: ServerLimits = {
  messageBytesMax: 1_048_576,
  connectionAgeMs: 120_000,
  connectionGraceMs: 30_000,
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 5_000,
  streamsPerConnectionMax: 1_000,
  exchangeInFlightMax: 1_000,
};

export interface RpcServerOptions {
  readonly methods: readonly ServedMethod[];
  /** Who may call which method. A method without a row can be called by nobody. */
  readonly access: AccessTable;
  /** Needed with mutual TLS: by which names in a certificate a service is known. */
  readonly identities: IdentityBook;
  readonly transport: ServerTransport;
  readonly errors: ErrorCodec;
  readonly limits?: Partial<ServerLimits>;
  /** Hears of every error that is none of ours; the caller gets a sentence that says nothing. */
  readonly onUnexpected: (error: unknown, path: string) => void;
}

export interface RpcServer {
  /** Takes calls. Health stays "not serving" until `setServing(true)`. @returns the port, chosen freely when 0 is given */
  listen(host: string, port: number): Promise<number>;
  setServing(isServing: boolean): void;
  /**
   * Takes no more connections, ends watches and multiplexed streams with a status that says so, and lets calls finish.
   * @param graceMs  after this, what is still open is cut
   */
  stop(graceMs: number): Promise<void>;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** Channelz stays on: without it, grpc-js 1.14 keeps no list of the connections that a forced stop has to cut. */
const toOptions = (limits: ServerLimits): ServerOptions => ({
  'grpc.max_receive_message_length': limits.messageBytesMax,
  'grpc.max_send_message_length': limits.messageBytesMax,
  'grpc.max_connection_age_ms': limits.connectionAgeMs,
  'grpc.max_connection_age_grace_ms': limits.connectionGraceMs,
  'grpc.keepalive_time_ms': limits.keepaliveMs,
  'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
  'grpc.max_concurrent_streams': limits.streamsPerConnectionMax,
});

const callersBy =
  (transport: ServerTransport, identities: IdentityBook) =>
  (call: RawCall): readonly string[] =>
    transport.kind === 'mutual-tls'
      ? identitiesOf(call.getAuthContext().sslPeerCertificate?.subjectaltname, identities)
      : identitiesOfToken(call.metadata.get(LOOPBACK_TOKEN)[0], transport.tokens);

const serviceOf = (path: string): string => path.split('/')[1] ?? '';

const register = (server: Server, method: ServedMethod, serving: Serving): void => {
  if (method.kind === 'unary') {
    server.register(method.path, serveUnary(method, serving), identity, identity, 'unary');
  } else {
    server.register(method.path, serveStream(method, serving), identity, identity, 'serverStream');
  }
};

const isUnary = (method: ServedMethod): method is ServedUnary => method.kind === 'unary';

const assertAccess = ({ access, identities, methods, transport }: RpcServerOptions): void => {
  const known = Object.keys(transport.kind === 'mutual-tls' ? identities : transport.tokens);
  const problems = accessProblems(
    access,
    methods.map(({ path }) => path),
    [...Object.keys(identities), ...known],
  );
  if (problems.length > 0) throw new Error(problems.join(' '));
};

/**
 * A server of our methods, of the same unary methods over a multiplexed stream, and of `grpc.health.v1`. Reflection is not
 * offered.
 * @throws Error  when the access table names a method or an identity that does not exist
 */
export const createRpcServer = (options: RpcServerOptions): RpcServer => {
  assertAccess(options);
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const server = new Server(toOptions(limits));
  const stopping = new AbortController();
  // One listener for each open stream, and how many of those there may be is limited elsewhere.
  setMaxListeners(0, stopping.signal);
  const health = createHealth([...new Set(options.methods.map(({ path }) => serviceOf(path)))]);
  const serving: Serving = {
    access: options.access,
    callersOf: callersBy(options.transport, options.identities),
    errors: options.errors,
    stopping: stopping.signal,
    onUnexpected: options.onUnexpected,
  };
  for (const method of options.methods) register(server, method, serving);
  for (const method of health.methods) register(server, method, { ...serving, access: undefined });
  const unaries = new Map(options.methods.filter(isUnary).map((method) => [method.path, method]));
  const exchange = serveExchange(unaries, serving, { inFlightMax: limits.exchangeInFlightMax });
  server.register(MultiplexServiceService.exchange.path, exchange, identity, identity, 'bidi');

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
        server.bindAsync(address, serverCredentials(options.transport, address), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        );
      }),
    setServing: health.set,
    stop: (graceMs) =>
      new Promise((resolve) => {
        health.set(false);
        stopping.abort();
        const cut = setTimeout(() => server.forceShutdown(), graceMs);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
};
