import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startNode } from '../process/child.ts';

/** A started vault and control plane, with what it takes to ask them. */
export interface Services {
  /** Base of the management API, `/v1` included. */
  readonly managementUrl: string;
  /** gRPC of the control plane. */
  readonly controlPlaneTarget: string;
  readonly vaultTarget: string;
  /** Proves to both that a gateway asks. */
  readonly gatewayToken: string;
  readonly workspaceKey: string;
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly workspace: string;
  /** A PostgreSQL server and a Redis; absent, the embedded stores serve. */
  readonly outside?: { readonly postgresUrl: string; readonly redisUrl: string };
}

const READY_MS = 60_000;

const secret = (): string => randomBytes(24).toString('base64url');

const textAt = (message: unknown, name: 'url' | 'target'): string | undefined => {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'ready')
    return undefined;
  const value: unknown = Reflect.get(message, name);
  return typeof value === 'string' ? value : undefined;
};

const ready = (child: Child): Promise<{ readonly url: string; readonly target: string }> =>
  child.message((message) => {
    const target = textAt(message, 'target');
    return target === undefined ? undefined : { url: textAt(message, 'url') ?? '', target };
  }, READY_MS);

/** Starts both services from their bundles, with stores of their own that are gone afterwards. */
export const startServices = async ({ workspace, outside }: ServicesOptions): Promise<Services> => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
  const keep = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  await mkdir(join(folder, 'vault'));
  await mkdir(join(folder, 'control-plane'));
  const tokens = { gateway: secret(), 'control-plane': secret(), operator: secret() };
  const tokensFile = await keep('tokens.json', JSON.stringify(tokens));
  const workspaceKey = `bench-${secret()}`;
  const rootKey = JSON.stringify({ current: { id: 'bench', key: randomBytes(32).toString('base64') } });
  const entry = (app: string): string[] => [join(workspace, 'apps', app, 'dist', 'main.mjs')];
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const vault = startNode(entry('vault'), {
      VAULT_PORT: '0',
      VAULT_HEALTH_PORT: 'off',
      VAULT_ROOT_KEY: 'file',
      VAULT_ROOT_KEY_FILE: await keep('root.json', rootKey),
      VAULT_LOOPBACK_TOKENS_FILE: tokensFile,
      VAULT_AUDIT_FILE: join(folder, 'vault-audit.jsonl'),
      VAULT_DRAIN_DELAY_MS: '0',
      LOG_LEVEL: 'warn',
      ...(outside === undefined
        ? { VAULT_STORE: 'embedded', VAULT_DATA_DIR: join(folder, 'vault') }
        : { VAULT_STORE: 'postgres', VAULT_DATABASE_URL: outside.postgresUrl }),
    });
    children.push(vault);
    const { target: vaultTarget } = await ready(vault);
    const controlPlane = startNode(entry('control-plane'), {
      CONTROL_PLANE_PORT: '0',
      CONTROL_PLANE_RPC_PORT: '0',
      CONTROL_PLANE_HEALTH_PORT: 'off',
      CONTROL_PLANE_VAULT_TARGET: vaultTarget,
      CONTROL_PLANE_LOOPBACK_TOKENS_FILE: tokensFile,
      CONTROL_PLANE_WORKSPACE_KEY_FILE: await keep('workspace.key', workspaceKey),
      CONTROL_PLANE_DRAIN_DELAY_MS: '0',
      LOG_LEVEL: 'warn',
      ...(outside === undefined
        ? { CONTROL_PLANE_DATA_DIR: join(folder, 'control-plane') }
        : { CONTROL_PLANE_DATABASE_URL: outside.postgresUrl, CONTROL_PLANE_REDIS_URL: outside.redisUrl }),
    });
    children.push(controlPlane);
    const { url, target } = await ready(controlPlane);
    return {
      managementUrl: `${url}/v1`,
      controlPlaneTarget: target,
      vaultTarget,
      gatewayToken: tokens.gateway,
      workspaceKey,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
