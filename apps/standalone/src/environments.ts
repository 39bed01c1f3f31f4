import type { DataDir } from './data-dir.ts';
import { LOOPBACK } from './free-port.ts';
import type { SecretFiles } from './secrets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** All that the services of one machine have to know of each other. */
export interface PlatformSettings {
  readonly host: string;
  readonly ports: {
    readonly gateway: number;
    readonly management: number;
    readonly controlPlane: number;
    readonly vault: number;
  };
  readonly dirs: DataDir;
  readonly secrets: SecretFiles;
  readonly apiKeyFile: string;
  readonly adminKeyFile: string;
  readonly ownerPasswordFile: string;
  readonly rehearsalUrl: string;
  readonly drainGraceMs: number;
}

/** A platform on one machine may call servers on that machine. */
const TRUSTED_LOOPBACK = 'localhost,127.0.0.1,::1,host.docker.internal';
/** The first administrator, where the operator names nobody: an address that no mail ever goes to. */
export const OWNER_EMAIL = 'owner@portolan.localhost';
/** The services behind the gateway have nothing in flight once it is gone. */
const SHORT_GRACE_MS = '5000';

const PREFIXES = { gateway: 'GATEWAY_', vault: 'VAULT_', controlPlane: 'CONTROL_PLANE_' } as const;

/**
 * What a service inherits: not the variables of this command, because the API key goes by file, away from process listings, and not
 * those of its neighbours, which may hold the password of a database.
 */
const inherited = (env: Env, own: keyof typeof PREFIXES): Record<string, string | undefined> => {
  const foreign = Object.entries(PREFIXES).flatMap(([service, prefix]) => (service === own ? [] : [prefix]));
  return {
    LOG_LEVEL: 'warn',
    TRUSTED_CUSTOM_HOSTS: TRUSTED_LOOPBACK,
    ...Object.fromEntries(
      Object.entries(env).filter(([name]) => !['PORTOLAN_', ...foreign].some((prefix) => name.startsWith(prefix))),
    ),
  };
};

/** The environment of the vault: ours, with what this command decides written over it. */
export const vaultEnvironment = (env: Env, { ports, dirs, secrets }: PlatformSettings): Env => ({
  ...inherited(env, 'vault'),
  VAULT_STORE: env.VAULT_DATABASE_URL === undefined ? 'embedded' : 'postgres',
  VAULT_HOST: LOOPBACK,
  VAULT_PORT: String(ports.vault),
  VAULT_HEALTH_PORT: 'off',
  VAULT_DATA_DIR: dirs.vault,
  VAULT_ROOT_KEY: 'file',
  VAULT_ROOT_KEY_FILE: secrets.rootKey,
  VAULT_LOOPBACK_TOKENS_FILE: secrets.vaultTokens,
  // Names of certificates, which nobody bears here; another program of the same name as ours reads the variable, too.
  VAULT_NAMESPACE: 'portolan',
  VAULT_DRAIN_DELAY_MS: '0',
  VAULT_DRAIN_GRACE_MS: SHORT_GRACE_MS,
});

/** The environment of the control plane. */
export const controlPlaneEnvironment = (env: Env, settings: PlatformSettings): Env => {
  const { ports, dirs, secrets, apiKeyFile, adminKeyFile } = settings;
  return {
    CONTROL_PLANE_PUBLIC_URL: `http://${LOOPBACK}:${ports.gateway}`,
    CONTROL_PLANE_OWNER_EMAIL: OWNER_EMAIL,
    CONTROL_PLANE_OWNER_PASSWORD_FILE: settings.ownerPasswordFile,
    ...inherited(env, 'controlPlane'),
    CONTROL_PLANE_HOST: LOOPBACK,
    CONTROL_PLANE_PORT: String(ports.management),
    CONTROL_PLANE_RPC_HOST: LOOPBACK,
    CONTROL_PLANE_RPC_PORT: String(ports.controlPlane),
    CONTROL_PLANE_HEALTH_PORT: 'off',
    CONTROL_PLANE_DATA_DIR: dirs.controlPlane,
    CONTROL_PLANE_VAULT_TARGET: `${LOOPBACK}:${ports.vault}`,
    CONTROL_PLANE_LOOPBACK_TOKENS_FILE: secrets.serviceTokens,
    CONTROL_PLANE_TRUSTED_PROXIES: LOOPBACK,
    CONTROL_PLANE_WORKSPACE_KEY_FILE: apiKeyFile,
    CONTROL_PLANE_ADMIN_KEY_FILE: adminKeyFile,
    CONTROL_PLANE_DRAIN_DELAY_MS: '0',
    CONTROL_PLANE_DRAIN_GRACE_MS: SHORT_GRACE_MS,
  };
};

/** The environment of the gateway. */
export const gatewayEnvironment = (env: Env, settings: PlatformSettings): Env => {
  const { ports, dirs, secrets } = settings;
  return {
    ...inherited(env, 'gateway'),
    GATEWAY_SOURCE: 'platform',
    GATEWAY_HOST: settings.host,
    GATEWAY_PORT: String(ports.gateway),
    GATEWAY_HEALTH_PORT: 'off',
    GATEWAY_CONTROL_PLANE_TARGET: `${LOOPBACK}:${ports.controlPlane}`,
    GATEWAY_VAULT_TARGET: `${LOOPBACK}:${ports.vault}`,
    GATEWAY_MANAGEMENT_URL: `http://${LOOPBACK}:${ports.management}`,
    GATEWAY_LOOPBACK_TOKEN_FILE: secrets.gatewayToken,
    GATEWAY_SNAPSHOT_DIR: dirs.snapshot,
    GATEWAY_SNAPSHOT_KEY_FILE: secrets.snapshotKey,
    GATEWAY_LOG_DIR: dirs.logs,
    GATEWAY_REHEARSAL_URL: settings.rehearsalUrl,
    GATEWAY_DRAIN_DELAY_MS: '0',
    GATEWAY_DRAIN_GRACE_MS: String(settings.drainGraceMs),
  };
};
