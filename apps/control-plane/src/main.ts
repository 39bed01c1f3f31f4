import type { AddressInfo } from 'node:net';
import { createHealthServer, createLogger, createShutdown, listen, parseEnv } from '@portolan/service-kit';
import { buildControlPlane } from './build.ts';
import { controlPlaneEnv } from './config.ts';

/** Says in one sentence why the control plane cannot start, and ends. */
const giveUp = (error: unknown): never => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? 'The port is already in use: choose another CONTROL_PLANE_PORT or stop what listens there.'
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`control-plane: ${reason}\n`);
  process.exit(1);
};

const start = async (): Promise<void> => {
  const config = parseEnv(controlPlaneEnv, process.env);
  const log = createLogger('control-plane', config.LOG_LEVEL);
  const controlPlane = await buildControlPlane(config, log);
  const health = createHealthServer({ ready: controlPlane.ready, metrics: controlPlane.metrics });
  const starting = new AbortController();
  const stop = createShutdown({
    delayMs: config.CONTROL_PLANE_DRAIN_DELAY_MS,
    graceMs: config.CONTROL_PLANE_DRAIN_DELAY_MS + config.CONTROL_PLANE_DRAIN_GRACE_MS,
    announce() {
      starting.abort();
      controlPlane.announceShutdown();
    },
    async drain() {
      await controlPlane.drain(config.CONTROL_PLANE_DRAIN_GRACE_MS);
      health.close();
    },
    exit: (code) => process.exit(code),
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A supervisor that died leaves no orphan behind.
  process.on('disconnect', stop);

  const { CONTROL_PLANE_HEALTH_PORT: healthPort } = config;
  if (healthPort !== 'off') await listen(health, config.CONTROL_PLANE_HEALTH_HOST, healthPort);
  await controlPlane.server.listen({ host: config.CONTROL_PLANE_HOST, port: config.CONTROL_PLANE_PORT });
  const rpcPort = await controlPlane.rpc.listen(config.CONTROL_PLANE_RPC_HOST, config.CONTROL_PLANE_RPC_PORT);
  await controlPlane.prepare(starting.signal);
  const { port } = controlPlane.server.server.address() as AddressInfo;
  const url = `http://${config.CONTROL_PLANE_HOST.includes(':') ? `[${config.CONTROL_PLANE_HOST}]` : config.CONTROL_PLANE_HOST}:${port}`;
  const target = `${config.CONTROL_PLANE_RPC_HOST}:${rpcPort}`;
  log.info({ url, target }, 'listening');
  process.send?.({ type: 'ready', url, target });
};

start().catch(giveUp);
