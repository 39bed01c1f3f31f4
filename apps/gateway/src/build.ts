import { createTrust } from '@portolan/egress-rules';
import { type ProviderRegistry, providerRegistry, rehearsal } from '@portolan/providers';
import { type Logger, systemClock } from '@portolan/service-kit';
import type { FastifyInstance } from 'fastify';
import { apiKeysFromFile } from './adapters/api-keys/file.ts';
import { configsFromFolder } from './adapters/configs/folder.ts';
import { noConfigs } from './adapters/configs/none.ts';
import { jsonLinesPublisher } from './adapters/log-publisher/json-lines.ts';
import { inMemoryVirtualKeys, virtualKeysFromFile } from './adapters/virtual-keys/file.ts';
import type { GatewayConfig } from './config.ts';
import { createConfigReader } from './config-reader.ts';
import { createHostCheck } from './egress/custom-host.ts';
import { createDispatcher } from './egress/dispatcher.ts';
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
  metrics(): ReturnType<Metrics['expose']>;
  /** Readiness goes down, answers ask clients to reconnect elsewhere. */
  announceShutdown(): void;
  /** Stops accepting, lets calls finish, stores what is to be stored. */
  drain(): Promise<void>;
}

/** Puts the gateway together: which adapter stands behind which port. Tests start here too. */
export const buildGateway = (config: GatewayConfig, log: Logger): Gateway => {
  const clock = systemClock;
  const trust = createTrust(config.TRUSTED_CUSTOM_HOSTS);
  const checkHost = createHostCheck(trust);
  const dispatcher = createDispatcher({
    trust,
    connectTimeoutMs: config.GATEWAY_CONNECT_TIMEOUT_MS,
    connections: config.GATEWAY_UPSTREAM_CONNECTIONS,
  });
  const providers = providersOf(config);
  const readConfig = createConfigReader(providers, checkHost);
  const apiKeys = apiKeysFromFile(config.GATEWAY_API_KEYS_FILE);
  const configs =
    config.GATEWAY_CONFIGS_DIR === undefined
      ? noConfigs
      : configsFromFolder(config.GATEWAY_CONFIGS_DIR, readConfig, log);
  const logs =
    config.GATEWAY_LOG_DIR === undefined ? undefined : jsonLinesPublisher(config.GATEWAY_LOG_DIR, clock, log);
  const virtualKeys =
    config.GATEWAY_VIRTUAL_KEYS_FILE === undefined
      ? inMemoryVirtualKeys([])
      : virtualKeysFromFile(config.GATEWAY_VIRTUAL_KEYS_FILE);
  const inFlight = createInFlight(config.GATEWAY_MAX_IN_FLIGHT);
  const metrics = createMetrics(() => inFlight.count);
  const ready = () => apiKeys.ready && !inFlight.draining;

  const handle = pipeline({
    apiKeys,
    configs,
    virtualKeys,
    logs,
    providers,
    readConfig,
    checkHost,
    dispatcher,
    clock,
    log,
    headersToMetadata: config.HEADERS_TO_METADATA,
    allowInline: config.GATEWAY_INLINE_CONFIGS === 'allow',
    breakers: inMemoryBreakers(clock.monotonicMs),
    sticky: inMemorySticky(),
    random: Math.random,
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
      configs.close();
      await logs?.close();
      await dispatcher.close();
    },
  };
};

const providersOf = (config: GatewayConfig): ProviderRegistry =>
  providerRegistry(config.GATEWAY_REHEARSAL_URL === undefined ? [] : [rehearsal(config.GATEWAY_REHEARSAL_URL)]);
