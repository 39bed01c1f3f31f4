import { readFile } from 'node:fs/promises';
import { type Certificates, type IdentityBook, openCertificates, type ServerTransport } from '@portolan/rpc';
import type { Clock, Logger } from '@portolan/service-kit';
import * as z from 'zod';
import type { VaultConfig } from './config.ts';

const IDENTITIES = ['gateway', 'control-plane', 'operator'] as const;

const RELOAD_MS = 10_000;

const book = z.record(z.string(), z.array(z.string()));
/** Short enough to be guessed is not a token. */
const tokens = z.record(z.string(), z.string().min(32));

/** The text of a setting as JSON, without quoting it in an error. @throws Error */
const parseAs = <Schema extends z.ZodType>(schema: Schema, text: string, where: string): z.output<Schema> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${where}: is not JSON.`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${where}: is not of the form that is asked for.`);
  return parsed.data;
};

/** The names that services have in a cluster, by DNS and by SPIFFE. */
const namesIn = (namespace: string, identity: string): readonly string[] => [
  `DNS:${identity}`,
  `DNS:${identity}.${namespace}`,
  `DNS:${identity}.${namespace}.svc`,
  `DNS:${identity}.${namespace}.svc.cluster.local`,
  `URI:spiffe://cluster.local/ns/${namespace}/sa/${identity}`,
];

/** By which names in a certificate callers are known. @throws Error */
export const identityBook = ({ VAULT_IDENTITIES: text, VAULT_NAMESPACE: namespace }: VaultConfig): IdentityBook => ({
  ...Object.fromEntries(IDENTITIES.map((identity) => [identity, namesIn(namespace, identity)])),
  ...(text === undefined ? {} : parseAs(book, text, 'VAULT_IDENTITIES')),
});

export interface VaultTransport {
  readonly transport: ServerTransport;
  /** With mutual TLS. */
  readonly certificates: Certificates | undefined;
}

/** Mutual TLS where there is a folder of certificates, tokens on this machine otherwise. @throws Error */
export const openTransport = async (config: VaultConfig, clock: Clock, log: Logger): Promise<VaultTransport> => {
  const { VAULT_TLS_DIR: directory, VAULT_LOOPBACK_TOKENS_FILE: tokensFile } = config;
  if (directory !== undefined) {
    const onRefused = (problem: unknown): void =>
      log.error({ err: problem }, 'the certificates that lie there cannot serve');
    const certificates = await openCertificates({ directory, reloadMs: RELOAD_MS, clock, onRefused });
    return { transport: { kind: 'mutual-tls', certificates }, certificates };
  }
  const path = tokensFile ?? '';
  const known = parseAs(tokens, await readFile(path, 'utf8'), path);
  return { transport: { kind: 'loopback-plaintext', tokens: known }, certificates: undefined };
};
