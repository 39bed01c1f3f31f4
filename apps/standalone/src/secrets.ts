import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { UnusableKeyFile } from './api-key.ts';
import { keepFile, replaceFile } from './kept-file.ts';

/** Files with what the services prove themselves and seal things with. Each is made once, readable by its owner only. */
export interface SecretFiles {
  /** Seals everything in the vault: without it, what is stored there is lost. */
  readonly rootKey: string;
  /** Seals the gateway's snapshot, which can be made anew. */
  readonly snapshotKey: string;
  /** What the control plane knows callers by, its own among them. */
  readonly serviceTokens: string;
  /** What the vault knows callers by: these and the operator's, which the control plane has no use for. Made anew at every start. */
  readonly vaultTokens: string;
  /** By which the operator's commands prove themselves to the vault. */
  readonly operatorToken: string;
  /** All that the gateway gets of it: its own. */
  readonly gatewayToken: string;
}

const KEY_BYTES = 32;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const newRootKey = (): string =>
  `${JSON.stringify({ current: { id: 'first', key: randomBytes(KEY_BYTES).toString('base64') } })}\n`;

const newToken = (): string => `${randomBytes(KEY_BYTES).toString('base64url')}\n`;

const tokensByService = z.record(z.string(), z.string());

const parseTokens = (file: string, text: string): Readonly<Record<string, string>> => {
  try {
    return tokensByService.parse(JSON.parse(text));
  } catch {
    throw new UnusableKeyFile(`${file} does not hold tokens by service; remove it to get new ones.`);
  }
};

/**
 * The secrets of this platform, made now where they are missing. Call it with the data directory locked.
 * @param folder     where they lie; it exists
 * @param vaultData  the data of the vault: once there is some, its root key is not made anew
 * @throws UnusableKeyFile
 */
export const keepSecrets = async (folder: string, vaultData: string): Promise<SecretFiles> => {
  const files: SecretFiles = {
    rootKey: join(folder, 'root-key.json'),
    snapshotKey: join(folder, 'snapshot-key'),
    serviceTokens: join(folder, 'service-tokens.json'),
    vaultTokens: join(folder, 'vault-tokens.json'),
    operatorToken: join(folder, 'operator-token'),
    gatewayToken: join(folder, 'gateway-token'),
  };
  if ((await exists(vaultData)) && !(await exists(files.rootKey))) {
    throw new UnusableKeyFile(
      `${files.rootKey} is missing, and ${vaultData} cannot be opened without it; put it back from your copy.`,
    );
  }
  await keepFile(files.rootKey, newRootKey);
  await keepFile(files.snapshotKey, () => `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  const gateway = (await keepFile(files.gatewayToken, newToken)).trim();
  const newTokens = () => `${JSON.stringify({ gateway, 'control-plane': newToken().trim() })}\n`;
  const services = parseTokens(files.serviceTokens, await keepFile(files.serviceTokens, newTokens));
  const operator = (await keepFile(files.operatorToken, newToken)).trim();
  await replaceFile(files.vaultTokens, `${JSON.stringify({ ...services, operator })}\n`);
  return files;
};
