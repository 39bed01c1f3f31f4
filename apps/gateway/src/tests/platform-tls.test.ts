import { openCertificates } from '@portolan/rpc';
import { systemClock } from '@portolan/service-kit';
import { createAuthority, hasOpenssl, tempDir, until } from '@portolan/testing';
import { describe, expect, it } from 'vitest';
import { startControlPlane } from '../testing/control-plane-stand-in.ts';
import { apiKey, newKey, organization, workspace } from '../testing/platform-entities.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';
import { startVault } from '../testing/vault-stand-in.ts';

const skipped = hasOpenssl ? '' : ' (SKIPPED: the openssl command is missing)';

describe.skipIf(!hasOpenssl)(`mutual TLS${skipped}`, () => {
  it('is spoken with the services whose names are expected, and with nobody else', async () => {
    const folder = await tempDir();
    const issue = createAuthority(folder.path);
    const open = async (name: string) =>
      openCertificates({ directory: issue(name), reloadMs: 60_000, clock: systemClock, onRefused: () => undefined });
    const [ofControlPlane, ofVault] = await Promise.all([open('control-plane'), open('vault')]);
    const controlPlane = await startControlPlane({ certificates: ofControlPlane });
    const vault = await startVault({ certificates: ofVault });
    const key = newKey();
    controlPlane.commit(organization(), workspace(), apiKey(key, vault.pepper));
    const directory = issue('gateway');
    const start = (env: Readonly<Record<string, string>> = {}): Promise<GatewayUnderTest> =>
      startGateway({
        key,
        env: {
          GATEWAY_SOURCE: 'platform',
          GATEWAY_CONTROL_PLANE_TARGET: controlPlane.target,
          GATEWAY_VAULT_TARGET: vault.target,
          GATEWAY_MANAGEMENT_URL: 'http://127.0.0.1:9',
          GATEWAY_TLS_DIR: directory,
          ...env,
        },
      });

    const gateway = await start();
    await until(() => gateway.gateway.ready() || undefined, { what: 'a gateway that is ready' });
    const { text } = await gateway.gateway.metrics();
    const [, endsAt = ''] = /^portolan_gateway_certificate_not_after_seconds (\S+)/m.exec(text) ?? [];
    expect(Number(endsAt)).toBeGreaterThan(Date.now() / 1_000);

    const misled = await start({ GATEWAY_VAULT_NAMES: 'DNS:another-vault' });
    await until(() => misled.gateway.revision() > 0 || undefined, { what: 'a first revision' });
    const response = await misled.post('/chat/completions', { model: 'm', messages: [] });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { type: 'vault_unavailable' } });
    expect(misled.gateway.ready()).toBe(false);

    await Promise.all([gateway.close(), misled.close()]);
    await Promise.all([controlPlane.stop(), vault.stop()]);
    for (const certificates of [ofControlPlane, ofVault]) certificates.close();
    await folder.remove();
  });
});
