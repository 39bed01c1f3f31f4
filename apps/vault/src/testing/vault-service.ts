import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createErrorCodec, createRpcClient, type RpcClient } from '@portolan/rpc';
import { CODES, createLogger, PlatformError, parseEnv } from '@portolan/service-kit';
import type { MigratableDatabase } from '@portolan/sql';
import { type TempDir, tempDir } from '@portolan/testing';
import { buildVaultOver, type VaultService } from '../build.ts';
import { vaultEnv } from '../config.ts';

export const ERRORS = createErrorCodec({ CODES, PlatformError });
export const IN_TIME = { timeoutMs: 20_000 };
export const IDENTITIES = ['gateway', 'control-plane', 'operator'] as const;
export type Identity = (typeof IDENTITIES)[number];

export const rootKeyText = (id: string, key = randomBytes(32)): string =>
  JSON.stringify({ current: { id, key: key.toString('base64') } });

export const writeSecretFile = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
};

/** The files and variables of a vault that keeps everything in one folder and serves this machine only. */
export interface VaultFolder {
  readonly directory: TempDir['path'];
  readonly tokens: Readonly<Record<Identity, string>>;
  readonly rootKeyFile: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export const createVaultFolder = async (rootKey: string | undefined = rootKeyText('root-1')): Promise<VaultFolder> => {
  const { path: directory, remove } = await tempDir();
  const [rootKeyFile, tokensFile] = [join(directory, 'root-key.json'), join(directory, 'tokens.json')];
  const token = (): string => randomBytes(32).toString('hex');
  const tokens = { gateway: token(), 'control-plane': token(), operator: token() };
  await writeSecretFile(tokensFile, JSON.stringify(tokens));
  if (rootKey !== '') await writeSecretFile(rootKeyFile, rootKey);
  const env = {
    VAULT_STORE: 'embedded',
    VAULT_DATA_DIR: join(directory, 'data'),
    VAULT_PORT: '0',
    VAULT_HEALTH_PORT: 'off',
    VAULT_ROOT_KEY_FILE: rootKeyFile,
    VAULT_LOOPBACK_TOKENS_FILE: tokensFile,
    VAULT_AUDIT_FILE: join(directory, 'audit.jsonl'),
    VAULT_DRAIN_DELAY_MS: '0',
    LOG_LEVEL: 'silent',
  };
  return { directory, tokens, rootKeyFile, env, remove };
};

export const clientFor = (folder: VaultFolder, port: number, identity: Identity): RpcClient =>
  createRpcClient({
    target: `127.0.0.1:${port}`,
    transport: { kind: 'loopback-plaintext', token: folder.tokens[identity] },
    errors: ERRORS,
    idempotent: [],
  });

export interface RunningVault {
  readonly folder: VaultFolder;
  readonly service: VaultService;
  readonly port: number;
  /** A caller as one of the services. */
  as(identity: Identity): RpcClient;
  /** Stops the service; the database and the folder stay. */
  stop(): Promise<void>;
}

/** A vault in this process over an open database, listening, and not asked to open yet. */
export const startVaultOver = async (database: MigratableDatabase, folder: VaultFolder): Promise<RunningVault> => {
  // Whoever opened the database closes it, so that several tests may share one.
  const shared = { ...database, close: async () => undefined };
  const config = parseEnv(vaultEnv, folder.env);
  const service = await buildVaultOver(shared, config, createLogger('vault', 'silent'));
  const port = await service.listen();
  const clients = new Map<Identity, RpcClient>();
  return {
    folder,
    service,
    port,
    as: (identity) => {
      const client = clients.get(identity) ?? clientFor(folder, port, identity);
      clients.set(identity, client);
      return client;
    },
    stop: async () => {
      for (const client of clients.values()) client.close();
      service.announceShutdown();
      await service.drain();
    },
  };
};
