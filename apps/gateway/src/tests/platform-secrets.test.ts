import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '@portolan/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { config, prompt, virtualKey } from '../testing/platform-entities.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

const CANARIES = ['canary-key-of-provider', 'canary-fixed-header', 'canary-second-key', 'canary-secret-setting'];

let fleet: Fleet;
let platform: PlatformUnderTest;
/** Everything that went to standard output while the gateway ran, at its most talkative. */
const output: string[] = [];
/** Everything that callers saw. */
const answers: string[] = [];

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.push(String(text));
    return true;
  });
  fleet = await startFleet({ one: 'openai' });
  platform = await startPlatform(
    [
      virtualKey('one'),
      virtualKey('gone'),
      virtualKey('bound'),
      virtualKey('later', { provider: 'bedrock' }),
      config('pc-bad', 1, { strategy: { mode: 'nonsense' }, api_key: CANARIES[0] }),
      config('pc-broken', 1, `{"api_key":"${CANARIES[0]}"`),
      prompt('pp-a', [{ template: '[{"role":"user","content":"x"}]', model: 'm', virtualKeySlug: 'one' }]),
    ],
    { env: { LOG_LEVEL: 'debug' } },
  );
  const { url } = fleet.at('one');
  const secrets = {
    key: CANARIES[0] ?? '',
    custom_headers: JSON.stringify({ 'x-fixed': CANARIES[1] }),
    aws_secret_access_key: CANARIES[3] ?? '',
  };
  const allowedHosts = [new URL(url).origin];
  platform.vault.put('cred-one', { provider: 'openai', secrets, settings: { custom_host: url }, allowedHosts });
  const nowhere = 'http://127.0.0.1:9';
  platform.vault.put('cred-gone', {
    provider: 'openai',
    secrets,
    settings: { custom_host: nowhere },
    allowedHosts: [nowhere],
  });
  platform.vault.put('cred-bound', { provider: 'openai', secrets, allowedHosts: ['elsewhere.example'] });
  platform.vault.put('cred-later', { provider: 'bedrock', secrets, allowedHosts });
  await traffic();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await platform.close();
  await fleet.close();
});

/** Successes, failures and refusals, each with a credential in it. */
const traffic = async (): Promise<void> => {
  const ask = async (headers: Record<string, string>, body: object = {}, path = '/chat/completions') => {
    const response = await platform.gateway.post(
      path,
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
      { headers: { 'x-portkey-strict-open-ai-compliance': 'false', ...headers } },
    );
    answers.push(JSON.stringify([...response.headers]), await response.text());
  };
  await ask({ 'x-portkey-provider': '@one' });
  await ask({ 'x-portkey-provider': '@one' }, { stream: true });
  fleet.at('one').script({ status: 401 }, { reset: true }, { rawBody: '<html>' });
  for (let calls = 0; calls < 3; calls += 1) await ask({ 'x-portkey-provider': '@one' });
  await ask({}, {}, '/prompts/pp-a/completions');
  await ask({}, {}, '/prompts/pp-a/render');
  for (const slug of ['gone', 'bound', 'later']) await ask({ 'x-portkey-provider': `@${slug}` });
  await ask({ 'x-portkey-provider': '@one', 'x-portkey-custom-host': 'https://evil.example/v1' });
  for (const slug of ['pc-bad', 'pc-broken']) await ask({ 'x-portkey-config': slug });
  platform.vault.put('cred-one', {
    provider: 'openai',
    secrets: { key: CANARIES[2] ?? '' },
    settings: { custom_host: fleet.at('one').url },
    allowedHosts: [new URL(fleet.at('one').url).origin],
  });
  const isRotated = async () => {
    await ask({ 'x-portkey-provider': '@one' });
    return fleet.at('one').requests.at(-1)?.headers.authorization === `Bearer ${CANARIES[2]}` || undefined;
  };
  await until(isRotated, { what: 'the rotated key at the provider' });
  await platform.vault.stop();
  await platform.controlPlane.stop();
  await ask({ 'x-portkey-provider': '@one' });
  await platform.gateway.logRecords(8);
};

const sightings = (where: string): readonly string[] =>
  CANARIES.flatMap((canary) =>
    [
      canary,
      Buffer.from(canary).toString('base64'),
      Buffer.from(canary).toString('hex'),
      encodeURIComponent(canary),
    ].filter((shape) => where.includes(shape)),
  );

it('the secrets reached the provider they are for', () => {
  const sent = fleet
    .at('one')
    .requests.map(({ headers }) => JSON.stringify(headers))
    .join();
  expect(sightings(sent)).toEqual(expect.arrayContaining(CANARIES.slice(0, 3)));
});

it('no answer shows them', () => {
  expect(answers.length).toBeGreaterThan(20);
  expect(sightings(answers.join('\n'))).toEqual([]);
});

it('no line of the own log does', () => {
  expect(output.length).toBeGreaterThan(0);
  expect(sightings(output.join('\n'))).toEqual([]);
});

it('no log record and no metric does', async () => {
  const folder = join(platform.gateway.dir, 'logs');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  expect(sightings(files.join(''))).toEqual([]);
  expect(sightings((await platform.gateway.gateway.metrics()).text)).toEqual([]);
});

it('the sealed snapshot does not either', async () => {
  await platform.gateway.gateway.drain();
  const bytes = await readFile(platform.snapshotFile);
  expect(bytes.length).toBeGreaterThan(500);
  expect(sightings(bytes.toString('latin1'))).toEqual([]);
});
