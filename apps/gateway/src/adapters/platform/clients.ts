import { readFileSync } from 'node:fs';
import { GatewayServiceService, VaultGatewayServiceService, VaultPepperServiceService } from '@portolan/proto';
import {
  type Certificates,
  type ClientTransport,
  createErrorCodec,
  createMultiplexer,
  createRpcClient,
  MULTIPLEXER_DEFAULTS,
  type Multiplexer,
  openCertificates,
  type RpcClient,
} from '@portolan/rpc';
import { type Clock, CODES, type Logger, PlatformError } from '@portolan/service-kit';
import type { PlatformConfig } from '../../config.ts';

/** The ways to the two services that a gateway calls. */
export interface PlatformClients {
  readonly controlPlane: RpcClient;
  readonly vault: RpcClient;
  /** Small calls to the vault, many of them. */
  readonly vaultCalls: Multiplexer;
  /** When our own certificate ends, Unix milliseconds; undefined without TLS. */
  certificateEndsAtMs(): number | undefined;
  close(): void;
}

const ERRORS = createErrorCodec({ CODES, PlatformError });
const CERTIFICATES_RELOAD_MS = 30_000;

/** All of them only read. */
const IDEMPOTENT = {
  controlPlane: [GatewayServiceService.getRevision.path],
  vault: [VaultGatewayServiceService.resolveCredential.path, VaultPepperServiceService.getPeppers.path],
};

/** @throws when certificates or the token cannot be read */
export const connectPlatform = async (
  config: PlatformConfig,
  { clock, random, log }: { clock: Clock; random: () => number; log: Logger },
): Promise<PlatformClients> => {
  const certificates = await certificatesOf(config, clock, log);
  const controlPlane = createRpcClient({
    target: config.GATEWAY_CONTROL_PLANE_TARGET,
    transport: transportOf(config, certificates, config.GATEWAY_CONTROL_PLANE_NAMES),
    errors: ERRORS,
    idempotent: IDEMPOTENT.controlPlane,
  });
  const vault = createRpcClient({
    target: config.GATEWAY_VAULT_TARGET,
    transport: transportOf(config, certificates, config.GATEWAY_VAULT_NAMES),
    errors: ERRORS,
    idempotent: IDEMPOTENT.vault,
  });
  const vaultCalls = createMultiplexer({
    ...MULTIPLEXER_DEFAULTS,
    client: vault,
    idempotent: IDEMPOTENT.vault,
    clock,
    errors: ERRORS,
    random,
  });
  return {
    controlPlane,
    vault,
    vaultCalls,
    certificateEndsAtMs: () => certificates?.notAfterMs(),
    close() {
      vaultCalls.close();
      controlPlane.close();
      vault.close();
      certificates?.close();
    },
  };
};

const certificatesOf = async (
  { GATEWAY_TLS_DIR: directory }: PlatformConfig,
  clock: Clock,
  log: Logger,
): Promise<Certificates | undefined> =>
  directory === undefined
    ? undefined
    : openCertificates({
        directory,
        reloadMs: CERTIFICATES_RELOAD_MS,
        clock,
        onRefused: (problem) => log.error({ err: problem }, 'new certificates cannot serve, the old ones stay'),
      });

const transportOf = (
  { GATEWAY_LOOPBACK_TOKEN_FILE: tokenFile }: PlatformConfig,
  certificates: Certificates | undefined,
  serverNames: readonly string[],
): ClientTransport => {
  if (certificates !== undefined) return { kind: 'mutual-tls', certificates, serverNames };
  if (tokenFile === undefined) throw new Error('neither certificates nor a token');
  return { kind: 'loopback-plaintext', token: readFileSync(tokenFile, 'utf8').trim() };
};
