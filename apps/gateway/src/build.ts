import { createDispatcher, createTrust } from '@portolan/egress-rules';
import { type ProviderRegistry, providerRegistry, rehearsal } from '@portolan/providers';
import { type Clock, type Logger, systemClock } from '@portolan/service-kit';
import type { FastifyInstance } from 'fastify';
import { filesSource } from './adapters/files/source.ts';
import { jsonLinesPublisher } from './adapters/log-publisher/json-lines.ts';
import { platformSource } from './adapters/platform/source.ts';
import type { GatewayConfig } from './config.ts';
import { createConfigReader } from './config-reader.ts';
import { createHostCheck } from './egress/custom-host.ts';
import { createInFlight } from './http/in-flight.ts';
import { createServer } from './http/server.ts';
import { mediaFetcher } from './media/fetch-media.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { pipeline } from './pipeline/index.ts';
import { inMemoryBreakers } from './routing/breakers.ts';
import { inMemorySticky } from './routing/sticky.ts';

declare const __PORTOLAN_VERSION__: string | undefined;
/** Set when bundled; from source it is a development version. */
export const version = typeof __PORTOLAN_VERSION__ === 'undefined' ? '0.0.0-dev' : __PORTOLAN_VERSION__;

export interface Gateway {
  readonly server: FastifyInstance;
  ready(): boolean;
  /** The newest revision of what is saved; 0 without a platform, or before anything was heard of it. */
  revision(): number;
  metrics(): ReturnType<Metrics['expose']>;
  /** Readiness goes down, answers ask clients to reconnect elsewhere. */
  announceShutdown(): void;
  /** Stops accepting, lets calls finish, stores what is to be stored. */
  drain(): Promise<void>;
}

/** What a test may put in the place of the machine's own. */
export interface Machine {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
}

const MACHINE: Machine = { clock: systemClock, random: Math.random };

/** Puts the gateway together: which adapter stands behind which port. Tests start here too. */
export const buildGateway = async (
  config: GatewayConfig,
  log: Logger,
  { clock, random }: Machine = MACHINE,
): Promise<Gateway> => {
  const trust = createTrust(config.TRUSTED_CUSTOM_HOSTS);
  const checkHost = createHostCheck(trust);
  const dispatcher = createDispatcher({
    trust,
    connectTimeoutMs: config.GATEWAY_CONNECT_TIMEOUT_MS,
    connections: config.GATEWAY_UPSTREAM_CONNECTIONS,
  });
  const providers = providersOf(config);
  const readConfig = createConfigReader(providers, checkHost);
  const source =
    config.GATEWAY_SOURCE === 'platform'
      ? await platformSource(config, { readConfig, dispatcher, clock, random, log })
      : filesSource(config, readConfig, log);
  const logs =
    config.GATEWAY_LOG_DIR === undefined ? undefined : jsonLinesPublisher(config.GATEWAY_LOG_DIR, clock, log);
  const inFlight = createInFlight(config.GATEWAY_MAX_IN_FLIGHT);
  const metrics = createMetrics([
    { name: 'calls_in_flight', help: 'Calls being served now.', value: () => inFlight.count },
    ...source.gauges,
  ]);
  const ready = () => source.apiKeys.ready && !inFlight.draining;

  const handle = pipeline({
    apiKeys: source.apiKeys,
    credentials: source.credentials,
    logs,
    providers,
    readConfig,
    checkHost,
    dispatcher,
    clock,
    log,
    headersToMetadata: config.HEADERS_TO_METADATA,
    breakers: inMemoryBreakers(clock.monotonicMs),
    sticky: inMemorySticky(),
    random,
    fetchMedia: mediaFetcher(dispatcher),
    backoffBaseMs: config.GATEWAY_RETRY_BASE_MS,
    clientStallMs: config.GATEWAY_CLIENT_STALL_TIMEOUT_MS,
    defaults: {
      totalMs: config.GATEWAY_TOTAL_TIMEOUT_MS,
      firstTokenMs: config.GATEWAY_FIRST_TOKEN_TIMEOUT_MS,
      idleMs: config.GATEWAY_STREAM_IDLE_TIMEOUT_MS,
      upstreamMs: config.GATEWAY_UPSTREAM_TIMEOUT_MS,
    },
  });
  const server = createServer({
    handle,
    inFlight,
    management: source.management,
    metrics,
    clock,
    log,
    ready,
    version,
    corsOrigins: config.GATEWAY_CORS_ORIGINS,
    clientStallMs: config.GATEWAY_CLIENT_STALL_TIMEOUT_MS,
    bodyLimitBytes: config.GATEWAY_BODY_LIMIT_BYTES,
    headersTimeoutMs: config.GATEWAY_CLIENT_HEADERS_TIMEOUT_MS,
    requestTimeoutMs: config.GATEWAY_CLIENT_BODY_TIMEOUT_MS,
  });
  return {
    server,
    ready,
    revision: source.revision,
    metrics: metrics.expose,
    announceShutdown: () => inFlight.startDraining(),
    async drain() {
      // Connections kept alive by an answer from before the drain are closed once they idle; when nothing is under
      // way any more, so are those that never sent a request, which do not count as idle.
      const sweep = setInterval(() => {
        if (inFlight.count > 0) server.server.closeIdleConnections();
        else server.server.closeAllConnections();
      }, 200);
      await server.close().finally(() => clearInterval(sweep));
      await source.close();
      await logs?.close();
      await dispatcher.close();
    },
  };
};

const providersOf = (config: GatewayConfig): ProviderRegistry =>
  providerRegistry(config.GATEWAY_REHEARSAL_URL === undefined ? [] : [rehearsal(config.GATEWAY_REHEARSAL_URL)]);
