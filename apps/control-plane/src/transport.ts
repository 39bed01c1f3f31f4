import { readFile } from 'node:fs/promises';
import { type ClientTransport, type IdentityBook, openCertificates, type ServerTransport } from '@portolan/rpc';
import type { Clock, Logger } from '@portolan/service-kit';
import * as z from 'zod';
import type { ControlPlaneConfig } from './config.ts';

/** How this service speaks with the others. */
export interface Transports {
  readonly server: ServerTransport;
  readonly vault: ClientTransport;
  readonly identities: IdentityBook;
  /** When the own certificate ends, Unix milliseconds; undefined without certificates. */
  notAfterMs(): number | undefined;
  close(): void;
}

const CERTIFICATE_RELOAD_MS = 10_000;
const OWN_IDENTITY = 'control-plane';

const tokens = z.record(z.string(), z.string().min(16));

const readTokens = async (file: string): Promise<Readonly<Record<string, string>>> => {
  const parsed = tokens.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error('CONTROL_PLANE_LOOPBACK_TOKENS_FILE is no JSON object of tokens by service.');
  return parsed.data;
};

const overLoopback = async (file: string): Promise<Transports> => {
  const { [OWN_IDENTITY]: token, ...others } = await readTokens(file);
  if (token === undefined) throw new Error(`CONTROL_PLANE_LOOPBACK_TOKENS_FILE has no token for "${OWN_IDENTITY}".`);
  return {
    server: { kind: 'loopback-plaintext', tokens: others },
    vault: { kind: 'loopback-plaintext', token },
    identities: {},
    notAfterMs: () => undefined,
    close: () => undefined,
  };
};

const overTls = async (
  directory: string,
  config: ControlPlaneConfig,
  clock: Clock,
  log: Logger,
): Promise<Transports> => {
  const certificates = await openCertificates({
    directory,
    reloadMs: CERTIFICATE_RELOAD_MS,
    clock,
    onRefused: (error) => log.warn({ error }, 'new certificates cannot serve; the old ones stay in use'),
  });
  return {
    server: { kind: 'mutual-tls', certificates },
    vault: { kind: 'mutual-tls', certificates, serverNames: config.CONTROL_PLANE_VAULT_NAMES },
    identities: { gateway: config.CONTROL_PLANE_GATEWAY_NAMES },
    notAfterMs: certificates.notAfterMs,
    close: certificates.close,
  };
};

/** @throws Error  with one sentence for the operator */
export const openTransports = (config: ControlPlaneConfig, clock: Clock, log: Logger): Promise<Transports> => {
  const { CONTROL_PLANE_TLS_DIR: directory, CONTROL_PLANE_LOOPBACK_TOKENS_FILE: file } = config;
  if (directory !== undefined) return overTls(directory, config, clock, log);
  if (file !== undefined) return overLoopback(file);
  throw new Error('Set CONTROL_PLANE_TLS_DIR, or CONTROL_PLANE_LOOPBACK_TOKENS_FILE for services on one machine.');
};
