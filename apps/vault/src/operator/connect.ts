import { readFile } from 'node:fs/promises';
import {
  type ClientTransport,
  createErrorCodec,
  createRpcClient,
  openCertificates,
  type UnaryCaller,
} from '@portolan/rpc';
import { CODES, PlatformError, systemClock } from '@portolan/service-kit';
import { IDEMPOTENT } from './commands.ts';
import type { VaultOperatorConfig } from './config.ts';
import { Refused } from './failure.ts';

/** Longer than any command takes, and they are read again by the next one anyway. */
const RELOAD_MS = 3_600_000;

const TOKEN = /^[\x21-\x7e]{1,1000}$/;

export interface Connection extends UnaryCaller {
  close(): void;
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface OpenTransport {
  readonly transport: ClientTransport;
  close(): void;
}

const openTransport = async (config: VaultOperatorConfig): Promise<OpenTransport> => {
  const { VAULT_OPERATOR_TLS_DIR: directory, VAULT_OPERATOR_TOKEN_FILE: tokenFile } = config;
  if (directory !== undefined) {
    const certificates = await openCertificates({
      directory,
      reloadMs: RELOAD_MS,
      clock: systemClock,
      onRefused: () => undefined,
    }).catch((error: unknown) => {
      throw new Refused(`VAULT_OPERATOR_TLS_DIR: ${sentenceOf(error)}`);
    });
    const serverNames = config.VAULT_OPERATOR_SERVER_NAMES;
    return { transport: { kind: 'mutual-tls', certificates, serverNames }, close: certificates.close };
  }
  const text = await readFile(tokenFile ?? '', 'utf8').catch((error: unknown) => {
    throw new Refused(`VAULT_OPERATOR_TOKEN_FILE: ${sentenceOf(error)}`);
  });
  const token = text.trim();
  // What cannot be sent would be quoted by whoever refuses to send it.
  if (!TOKEN.test(token)) throw new Refused('VAULT_OPERATOR_TOKEN_FILE: does not hold one token.');
  return { transport: { kind: 'loopback-plaintext', token }, close: () => undefined };
};

/**
 * The way to the vault. Nothing is sent before the first call.
 * @throws Refused  when the files are not there or not usable, and for plaintext towards another machine
 */
export const connect = async (config: VaultOperatorConfig): Promise<Connection> => {
  const { transport, close } = await openTransport(config);
  try {
    const client = createRpcClient({
      target: config.VAULT_OPERATOR_TARGET,
      transport,
      errors: createErrorCodec({ CODES, PlatformError }),
      idempotent: IDEMPOTENT,
    });
    return {
      unary: client.unary,
      close: () => {
        client.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw new Refused(`VAULT_OPERATOR_TARGET: ${sentenceOf(error)}`);
  }
};
