import { inspect } from 'node:util';
import { Secret } from '@portolan/service-kit';
import { afterEach, expect, test } from 'vitest';
import { RootKeyUnavailable } from '../../ports/root-key.ts';
import { type KmsAnswer, type KmsStandIn, startKmsStandIn } from '../../testing/kms-stand-in.ts';
import { manualClock } from '../../testing/samples.ts';
import { containerCredentials } from './aws-credentials.ts';

let standIn: KmsStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

const start = async (answer: () => KmsAnswer) => {
  const server = await startKmsStandIn(({ headers }) =>
    headers.authorization === 'pod-token' ? answer() : { status: 401, body: {} },
  );
  standIn = server;
  const clock = manualClock(Date.UTC(2026, 10, 24, 12));
  const token = async () => new Secret('pod-token');
  return {
    ask: containerCredentials({ url: `${server.url}/v1/credentials`, token, timeoutMs: 2000, clock }),
    clock,
    server,
  };
};

const answerUntil = (Expiration: string | undefined): KmsAnswer => ({
  status: 200,
  body: { AccessKeyId: 'ASIA1', SecretAccessKey: 'canary-secret', Token: 'canary-token', Expiration },
});

test('the container credentials service (stand-in) is asked once until five minutes before the end', async () => {
  const { ask, clock, server } = await start(() => answerUntil('2026-11-24T13:00:00Z'));
  const credentials = await ask();
  expect(credentials.accessKeyId).toBe('ASIA1');
  expect([credentials.secretAccessKey.reveal(), credentials.sessionToken?.reveal()]).toEqual([
    'canary-secret',
    'canary-token',
  ]);
  expect(inspect(credentials, { depth: 9 }) + JSON.stringify(credentials)).not.toContain('canary');
  clock.advance(54 * 60_000);
  await ask();
  expect(server.requests).toHaveLength(1);
  clock.advance(60_000);
  await ask();
  expect(server.requests).toHaveLength(2);
});

test('credentials without an end are asked for each time', async () => {
  const { ask, server } = await start(() => answerUntil(undefined));
  await ask();
  await ask();
  expect(server.requests).toHaveLength(2);
});

test.each([
  ['an error', { status: 500, body: {} }],
  ['no secret', { status: 200, body: { AccessKeyId: 'ASIA1' } }],
  ['credentials that have ended', answerUntil('2026-11-24T11:59:59Z')],
])('%s means unavailable', async (_, answer) => {
  const { ask } = await start(() => answer);
  await expect(ask()).rejects.toThrow(RootKeyUnavailable);
});
