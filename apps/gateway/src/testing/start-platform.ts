import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir, until } from '@portolan/testing';
import { type ControlPlaneStandIn, type Kind, startControlPlane, TOKEN } from './control-plane-stand-in.ts';
import { apiKey, newKey, organization, workspace } from './platform-entities.ts';
import { type GatewayOptions, type GatewayUnderTest, startGateway } from './start-gateway.ts';
import { startVault, type VaultStandIn } from './vault-stand-in.ts';

/** A control plane, a vault and a gateway that reads from them. */
export interface PlatformUnderTest {
  readonly controlPlane: ControlPlaneStandIn;
  readonly vault: VaultStandIn;
  readonly gateway: GatewayUnderTest;
  /** A key of `ws-1` that may do everything. */
  readonly key: string;
  /** A further gateway of the same platform. */
  another(options?: GatewayOptions): Promise<GatewayUnderTest>;
  /** … which need not become ready. The test closes it. */
  startOnly(options?: GatewayOptions): Promise<GatewayUnderTest>;
  /** Where the gateway keeps its sealed snapshot, unless its environment says otherwise. */
  readonly snapshotFile: string;
  /** Waits until the gateway has what was committed last. */
  settled(gateway?: GatewayUnderTest): Promise<void>;
  close(): Promise<void>;
}

/** @param entities  besides the organization `org-1`, its workspace `ws-1` and a key */
export const startPlatform = async (
  entities: readonly Kind[] = [],
  options: GatewayOptions = {},
): Promise<PlatformUnderTest> => {
  const { path, remove } = await tempDir();
  const [controlPlane, vault] = await Promise.all([startControlPlane(), startVault()]);
  const key = newKey();
  controlPlane.commit(organization(), workspace(), apiKey(key, vault.pepper), ...entities);
  await writeFile(join(path, 'token'), `${TOKEN}\n`);
  await writeFile(join(path, 'snapshot-key'), randomBytes(32).toString('base64'));

  const gateways: GatewayUnderTest[] = [];
  const startOnly = (further: GatewayOptions = {}): Promise<GatewayUnderTest> =>
    startGateway({
      key,
      ...options,
      ...further,
      env: {
        GATEWAY_SOURCE: 'platform',
        GATEWAY_CONTROL_PLANE_TARGET: controlPlane.target,
        GATEWAY_VAULT_TARGET: vault.target,
        GATEWAY_MANAGEMENT_URL: 'http://127.0.0.1:9',
        GATEWAY_LOOPBACK_TOKEN_FILE: join(path, 'token'),
        GATEWAY_SNAPSHOT_DIR: join(path, 'snapshot'),
        GATEWAY_SNAPSHOT_KEY_FILE: join(path, 'snapshot-key'),
        ...options.env,
        ...further.env,
      },
    });
  const another = async (further: GatewayOptions = {}): Promise<GatewayUnderTest> => {
    const gateway = await startOnly(further);
    gateways.push(gateway);
    await until(() => gateway.gateway.ready() || undefined, { what: 'a gateway that is ready' });
    return gateway;
  };
  const gateway = await another();
  return {
    controlPlane,
    vault,
    gateway,
    key,
    another,
    startOnly,
    snapshotFile: join(path, 'snapshot', 'snapshot.sealed'),
    settled: async (which = gateway) => {
      const wanted = controlPlane.revision();
      await until(() => which.gateway.revision() >= wanted || undefined, { what: `revision ${wanted}` });
    },
    async close() {
      await Promise.all(gateways.map((each) => each.close()));
      await Promise.all([controlPlane.stop(), vault.stop()]);
      await remove();
    },
  };
};
