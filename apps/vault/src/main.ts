import { userInfo } from 'node:os';
import { createHealthServer, createLogger, createShutdown, listen, parseEnv } from '@portolan/service-kit';
import { buildVault } from './build.ts';
import { vaultEnv } from './config.ts';
import { actorOf } from './operator/actor.ts';
import { runOperator } from './operator/run.ts';

/** Says in one sentence why the vault cannot start, and ends. */
const giveUp = (error: unknown): never => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? 'The port is already in use: choose another VAULT_PORT or VAULT_HEALTH_PORT, or stop what listens there.'
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`vault: ${reason}\n`);
  process.exit(1);
};

const start = async (): Promise<void> => {
  const config = parseEnv(vaultEnv, process.env);
  const log = createLogger('vault', config.LOG_LEVEL);
  const vault = await buildVault(config, log);
  const health = createHealthServer({ ready: vault.ready, metrics: vault.metrics });
  const stop = createShutdown({
    delayMs: config.VAULT_DRAIN_DELAY_MS,
    graceMs: config.VAULT_DRAIN_DELAY_MS + config.VAULT_DRAIN_GRACE_MS + 5_000,
    announce: vault.announceShutdown,
    async drain() {
      await vault.drain();
      health.close();
    },
    exit: (code) => process.exit(code),
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A supervisor that died leaves no orphan behind.
  process.on('disconnect', stop);

  const port = await vault.listen();
  const { VAULT_HEALTH_PORT: healthPort } = config;
  if (healthPort !== 'off') await listen(health, config.VAULT_HEALTH_HOST, healthPort);
  await vault.open();
  if (!vault.ready()) return;
  const target = `${config.VAULT_HOST.includes(':') ? `[${config.VAULT_HOST}]` : config.VAULT_HOST}:${port}`;
  log.info({ target }, 'open');
  process.send?.({ type: 'ready', target });
};

/** Undefined for a user that the system has no name for, as in a container. */
const userName = (): string | undefined => {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
};

const [word, ...args] = process.argv.slice(2);
if (word === undefined) start().catch(giveUp);
else if (word === 'operator') {
  process.exitCode = await runOperator(args, {
    env: process.env,
    actor: actorOf(userName(), process.getuid?.()),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  });
} else {
  process.stderr.write('vault: serves without arguments; "operator --help" says what else it can do.\n');
  process.exitCode = 2;
}
