import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TempDir, tempDir } from '@portolan/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RootKeyUnavailable } from '../../ports/root-key.ts';
import { type KmsAnswer, type KmsRequest, type KmsStandIn, startKmsStandIn } from '../../testing/kms-stand-in.ts';
import { manualClock } from '../../testing/samples.ts';
import { azureManagedIdentityToken, googleMetadataToken, tokenFile } from './token-sources.ts';

let dir: TempDir;
let standIn: KmsStandIn | undefined;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
  await dir.remove();
});

const start = async (answer: (request: KmsRequest) => KmsAnswer): Promise<KmsStandIn> => {
  standIn = await startKmsStandIn(answer);
  return standIn;
};

test('a token file is read anew for each call, without the line end', async () => {
  const path = join(dir.path, 'token');
  const source = tokenFile(path);
  await writeFile(path, 'first\n');
  expect((await source()).reveal()).toBe('first');
  await writeFile(path, 'second');
  expect((await source()).reveal()).toBe('second');
  await writeFile(path, '\n');
  await expect(source()).rejects.toThrow(RootKeyUnavailable);
  await expect(tokenFile(join(dir.path, 'none'))()).rejects.toThrow(RootKeyUnavailable);
});

test('the Google metadata service (stand-in) is asked once until shortly before the token ends', async () => {
  const clock = manualClock();
  const { url, requests } = await start(({ headers }) =>
    headers['metadata-flavor'] === 'Google'
      ? { status: 200, body: { access_token: `t${requests.length}`, expires_in: 3600, token_type: 'Bearer' } }
      : { status: 403, body: {} },
  );
  const source = googleMetadataToken({ endpoint: url, timeoutMs: 2000, clock });
  expect((await source()).reveal()).toBe('t1');
  clock.advance(3_539_999);
  expect((await source()).reveal()).toBe('t1');
  clock.advance(1);
  expect((await source()).reveal()).toBe('t2');
  expect(requests[0]?.path).toBe('/computeMetadata/v1/instance/service-accounts/default/token');
});

test('the Azure metadata service (stand-in) is asked for Key Vault, as the chosen identity', async () => {
  const { url, requests } = await start(({ headers }) =>
    headers.metadata === 'true'
      ? { status: 200, body: { access_token: 'azure-token', expires_in: '86399' } }
      : { status: 400, body: {} },
  );
  const source = azureManagedIdentityToken({ endpoint: url, clientId: 'c-1', timeoutMs: 2000, clock: manualClock() });
  expect((await source()).reveal()).toBe('azure-token');
  expect((await source()).reveal()).toBe('azure-token');
  expect(requests).toHaveLength(1);
  const asked = new URL(requests[0]?.path ?? '', url);
  expect(asked.pathname).toBe('/metadata/identity/oauth2/token');
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    'api-version': '2018-02-01',
    resource: 'https://vault.azure.net',
    client_id: 'c-1',
  });
});

test('a metadata service that refuses or says nothing useful means unavailable, and nothing is kept', async () => {
  let answer: KmsAnswer = { status: 500, body: {} };
  const { url } = await start(() => answer);
  const source = googleMetadataToken({ endpoint: url, timeoutMs: 2000, clock: manualClock() });
  await expect(source()).rejects.toThrow(RootKeyUnavailable);
  answer = { status: 400, body: {} };
  await expect(source()).rejects.toThrow(RootKeyUnavailable);
  answer = { status: 200, body: {} };
  await expect(source()).rejects.toThrow(RootKeyUnavailable);
  answer = { status: 200, body: { access_token: 'good', expires_in: 100 } };
  expect((await source()).reveal()).toBe('good');
});
