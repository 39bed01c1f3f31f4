/** Where the parts of one platform live in its data directory. */
export interface DataDirPaths {
  readonly configs: string;
  readonly logs: string;
  readonly virtualKeys: string;
}

export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly apiKeysFile: string;
  readonly rehearsalUrl: string;
  readonly paths: DataDirPaths;
  /** Given only when the file exists. */
  readonly withVirtualKeys: boolean;
  readonly drainGraceMs: number;
}

/** A platform on one machine may call servers on that machine. */
const TRUSTED_LOOPBACK = 'localhost,127.0.0.1,::1,host.docker.internal';

/**
 * The environment of the gateway process: ours, with what this command decides written over it.
 * The variables of this command itself are not handed on: the API key goes by file, away from process listings.
 */
export const gatewayEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  settings: GatewaySettings,
): Record<string, string | undefined> => {
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PORTOLAN_')));
  return {
    LOG_LEVEL: 'warn',
    TRUSTED_CUSTOM_HOSTS: TRUSTED_LOOPBACK,
    ...inherited,
    GATEWAY_HOST: settings.host,
    GATEWAY_PORT: String(settings.port),
    GATEWAY_HEALTH_PORT: 'off',
    GATEWAY_API_KEYS_FILE: settings.apiKeysFile,
    GATEWAY_CONFIGS_DIR: settings.paths.configs,
    GATEWAY_LOG_DIR: settings.paths.logs,
    ...(settings.withVirtualKeys ? { GATEWAY_VIRTUAL_KEYS_FILE: settings.paths.virtualKeys } : {}),
    GATEWAY_REHEARSAL_URL: settings.rehearsalUrl,
    GATEWAY_DRAIN_DELAY_MS: '0',
    GATEWAY_DRAIN_GRACE_MS: String(settings.drainGraceMs),
  };
};
