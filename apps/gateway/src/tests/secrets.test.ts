import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

const STORED = 'canary-stored-credential';
const IN_CONFIG = 'canary-config-credential';
const CALLERS = 'canary-callers-credential';
const FORWARDED = 'canary-forwarded-header';
const SENSITIVE = 'canary-sensitive-header';

let fleet: Fleet;
let gateway: GatewayUnderTest;
let key: string;
/** Everything that went to standard output while the gateway ran, at its most talkative. */
const output: string[] = [];
/** Everything that callers saw. */
const answers: string[] = [];

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.push(String(text));
    return true;
  });
  fleet = await startFleet({ one: 'openai', anth: 'anthropic' });
  gateway = await startGateway({
    env: { LOG_LEVEL: 'debug' },
    virtualKeys: {
      one: { ...fleet.virtualKeys.one, api_key: STORED },
      gone: { ...fleet.virtualKeys.one, api_key: STORED, custom_host: 'http://127.0.0.1:9' },
      later: { provider: 'bedrock', api_key: STORED },
    },
    // Not a valid config: the gateway says so in its own log.
    configs: { 'pc-bad': { provider: 'openai', api_key: IN_CONFIG, strategy: { mode: 'nonsense' } } },
  });
  key = gateway.key;
  await traffic();
  await gateway.logRecords(8);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gateway.close();
  await fleet.close();
});

const inline = () => ({ provider: 'openai', api_key: IN_CONFIG, custom_host: fleet.at('one').url });

/** Successes, failures and refusals of every kind, each with a secret in it. */
const traffic = async (): Promise<void> => {
  const ask = async (config: unknown, headers: Record<string, string> = {}, body: object = {}) => {
    const response = await gateway.post(
      '/chat/completions',
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
      {
        config,
        headers: {
          'x-portkey-forward-headers': 'x-internal-token',
          'x-internal-token': FORWARDED,
          'x-portkey-sensitive-headers': 'x-sensitive',
          'x-sensitive': SENSITIVE,
          ...headers,
        },
      },
    );
    answers.push(JSON.stringify([...response.headers]), await response.text());
  };
  const own = { authorization: `Bearer ${CALLERS}` };
  await ask({ virtual_key: 'one' });
  await ask({ virtual_key: 'one' }, {}, { stream: true });
  await ask(inline(), own);
  await ask({ provider: 'openai', custom_host: fleet.at('one').url }, own);
  for (const status of [401, 500]) {
    fleet.at('one').script({ status });
    await ask({ virtual_key: 'one' });
  }
  fleet.at('one').script({ reset: true });
  await ask(inline());
  fleet.at('one').script({ rawBody: '<html>' });
  await ask(inline());
  await ask({ virtual_key: 'gone' });
  await ask({ virtual_key: 'later' });
  await ask({ ...inline(), api_key: 'x\n' });
  await ask({ ...inline(), strategy: { mode: IN_CONFIG } });
  await ask({ ...inline(), custom_host: `http://${IN_CONFIG}:pw@127.0.0.1` });
  await ask(`{"api_key":"${IN_CONFIG}"`);
  await ask({ virtual_key: 'one' }, { 'x-portkey-api-key': `${key}-wrong` });
  await ask(inline(), { ...own, 'x-portkey-api-key': '' });
};

const secrets = () => [
  ['the key of the gateway', key],
  ['a stored credential', STORED],
  ['a credential of a config', IN_CONFIG],
  ["the caller's own credential", CALLERS],
  ['a forwarded header', FORWARDED],
  ['a sensitive header', SENSITIVE],
];

it('the canaries are alive: the providers got them, and both logs were written', async () => {
  const seen = JSON.stringify(fleet.at('one').requests);
  for (const secret of [STORED, IN_CONFIG, CALLERS, FORWARDED]) expect(seen).toContain(secret);
  expect(output.join('')).toContain('a saved config is not usable');
  expect(answers.length).toBeGreaterThan(20);
});

describe('no secret is found', () => {
  it('in the log records', async () => {
    const folder = join(gateway.dir, 'logs');
    const text = (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))).join(
      '',
    );
    expect(text).toContain('gpt-4o-mini');
    for (const [what, secret] of secrets()) expect(text.includes(secret ?? ''), what).toBe(false);
  });

  it('in what the gateway prints', () => {
    for (const [what, secret] of secrets()) expect(output.join('').includes(secret ?? ''), what).toBe(false);
  });

  it('in any answer', () => {
    for (const [what, secret] of secrets()) expect(answers.join('').includes(secret ?? ''), what).toBe(false);
  });

  it('in the metrics', async () => {
    const { text } = await gateway.gateway.metrics();
    for (const [what, secret] of secrets()) expect(text.includes(secret ?? ''), what).toBe(false);
  });
});
