export { type Clock, systemClock } from './clock.ts';
export { type DataDirLock, DataDirLocked, lockDataDir } from './data-dir/lock.ts';
export { envFlag, envInteger, envList, InvalidEnvironment, parseEnv } from './env.ts';
export { CODES, type ErrorName, publicType } from './errors/codes.ts';
export { PlatformError, type PlatformErrorDetail } from './errors/platform-error.ts';
export { createHealthServer, type HealthServerOptions, listen } from './health-server.ts';
export { createShutdown, type ShutdownOptions } from './lifecycle.ts';
export { createLogger, type Logger } from './log.ts';
export { maskSecret, Secret } from './secret.ts';
