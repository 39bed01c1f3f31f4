import type { AddressInfo } from 'node:net';
import { createHealthServer, createLogger, createShutdown, listen, parseEnv } from '@portolan/service-kit';
import { buildGateway } from './build.ts';
import { gatewayEnv } from './config.ts';

/** Says in one sentence why the gateway cannot start, and ends. */
const giveUp = (error: unknown): never => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? 'The port is already in use: choose another GATEWAY_PORT or stop what listens there.'
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`gateway: ${reason}\n`);
  process.exit(1);
};

const start = async (): Promise<void> => {
  const config = parseEnv(gatewayEnv, process.env);
  const log = createLogger('gateway', config.LOG_LEVEL);
  const gateway = await buildGateway(config, log);
  const health = createHealthServer({ ready: gateway.ready, metrics: gateway.metrics });
  const stop = createShutdown({
    delayMs: config.GATEWAY_DRAIN_DELAY_MS,
    graceMs: config.GATEWAY_DRAIN_DELAY_MS + config.GATEWAY_DRAIN_GRACE_MS,
    announce: gateway.announceShutdown,
    async drain() {
      await gateway.drain();
      health.close();
    },
    exit: (code) => process.exit(code),
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A supervisor that died leaves no orphan behind.
  process.on('disconnect', stop);

  await gateway.server.listen({ host: config.GATEWAY_HOST, port: config.GATEWAY_PORT });
  const { GATEWAY_HEALTH_PORT: healthPort } = config;
  if (healthPort !== 'off') await listen(health, config.GATEWAY_HEALTH_HOST, healthPort);
  const { port } = gateway.server.server.address() as AddressInfo;
  const url = `http://${config.GATEWAY_HOST.includes(':') ? `[${config.GATEWAY_HOST}]` : config.GATEWAY_HOST}:${port}/v1`;
  log.info({ url }, 'listening');
  process.send?.({ type: 'ready', url });
};

start().catch(giveUp);
