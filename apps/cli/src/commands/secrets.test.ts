import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestCli } from '../testing/cli.ts';
import { createManagementStandIn } from '../testing/management-stand-in.ts';

const platform = createManagementStandIn();
let cli: ReturnType<typeof createTestCli>;
beforeAll(async () => {
  cli = createTestCli({ PORTOLAN_URL: await platform.listen(), PORTOLAN_API_KEY: 'pk-test', AWS_SECRET: 'aws-secret' });
});
afterAll(async () => {
  cli.remove();
  await platform.close();
});

const lastBody = () => platform.writes().at(-1)?.body;

describe('virtual keys', () => {
  test('the key comes from stdin or a file', async () => {
    await cli.call(['virtual-keys', 'create', 'a', '--provider', 'openai'], { stdin: 'sk-1\n' });
    expect(lastBody()).toMatchObject({ provider: 'openai', key: 'sk-1' });
    await cli.call(['virtual-keys', 'create', 'b', '--provider', 'openai', '--key-file', cli.file('k', 'sk-2\n')]);
    expect(lastBody()).toMatchObject({ key: 'sk-2' });
  });

  test('other fields are set each in its own way, a service account as the object that it is', async () => {
    const account = cli.file('sa.json', '{"project_id":"p"}');
    const args = ['virtual-keys', 'create', 'v', '--provider', 'vertex-ai', '--set', 'vertex_region=eu'];
    await cli.call([...args, '--set-file', `vertex_service_account_json=${account}`]);
    expect(lastBody()).toMatchObject({ vertex_region: 'eu', vertex_service_account_json: { project_id: 'p' } });
    expect(lastBody()).not.toHaveProperty('key');
  });

  test('a secret as an argument is refused, and its value is not repeated', async () => {
    const before = platform.writes().length;
    const args = ['virtual-keys', 'create', 'x', '--provider', 'bedrock'];
    const { code, err } = await cli.call([...args, '--set', 'aws_secret_access_key=hidden']);
    expect([code, err.includes('hidden')]).toEqual([2, false]);
    expect(err).toContain('--set-env aws_secret_access_key=');
    expect((await cli.call([...args, '--set', 'aws_regio=x'])).err).toContain('did you mean "aws_region"');
    expect(platform.writes()).toHaveLength(before);
    await cli.call([...args, '--set-env', 'aws_secret_access_key=AWS_SECRET']);
    expect(lastBody()).toMatchObject({ aws_secret_access_key: 'aws-secret' });
  });

  test('without any key nothing is sent', async () => {
    const { code, err } = await cli.call(['virtual-keys', 'create', 'x', '--provider', 'openai'], { stdin: ' \n' });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('No secret was given') });
  });

  test('budgets and rates are read as people write them', async () => {
    const args = ['virtual-keys', 'create', 'l', '--provider', 'openai', '--budget', '50usd', '--budget-reset', '30'];
    await cli.call([...args, '--rate', '60/rpm', '--rate', '1000/rpd/tokens'], { stdin: 'sk' });
    expect(lastBody()).toMatchObject({
      usage_limits: { type: 'cost', credit_limit: 50, periodic_reset_days: 30 },
      rate_limits: [
        { type: 'requests', unit: 'rpm', value: 60 },
        { type: 'tokens', unit: 'rpd', value: 1000 },
      ],
    });
    expect((await cli.call([...args, '--rate', '60/min'], { stdin: 'sk' })).err).toContain('60/rpm');
  });
});

describe('API keys', () => {
  test('a new one is shown once, or written to a new file instead', async () => {
    expect((await cli.call(['keys', 'create', 'shown'])).out).toContain('secret-of-shown');
    const path = join(cli.folder, 'new.key');
    const { out } = await cli.call(['keys', 'create', 'filed', '--out', path, '--json']);
    expect(out).not.toContain('secret-of-filed');
    expect(readFileSync(path, 'utf8')).toBe('secret-of-filed\n');
  });

  test('a file that is there already stops it before a key is made', async () => {
    const before = platform.writes().length;
    const { code } = await cli.call(['keys', 'create', 'x', '--out', cli.file('taken', 'old')]);
    expect([code, platform.writes().length]).toEqual([2, before]);
  });

  test('when the platform refuses, no empty file stays behind', async () => {
    platform.fail('POST', /api-keys/, 403);
    const path = join(cli.folder, 'never.key');
    expect((await cli.call(['keys', 'create', 'x', '--out', path])).code).toBe(2);
    expect(() => readFileSync(path)).toThrow(/ENOENT/);
  });

  test('what cannot be taken back asks first', async () => {
    const { err } = await cli.call(['keys', 'revoke', 'some']);
    expect(err).toContain('--yes');
    const asked = await cli.call(['keys', 'revoke', 'some'], { stdinIsTerminal: true, stdin: 'n' });
    expect(asked.err).toContain('Nothing was done.');
  });
});

describe('configs', () => {
  test('are checked here before anybody is asked, whatever they are written in', async () => {
    const before = platform.writes().length;
    const broken = await cli.call(['configs', 'create', 'c'], { stdin: 'strategy: { mode: falback }\ntargets: []\n' });
    expect({ code: broken.code, err: broken.err }).toEqual({ code: 2, err: expect.stringContaining('strategy,mode') });
    expect(platform.writes()).toHaveLength(before);
    await cli.call(['configs', 'create', 'c'], { stdin: 'virtual_key: a\n' });
    expect(lastBody()).toMatchObject({ name: 'c', config: { virtual_key: 'a' } });
  });

  test('a rollback saves an older version as the newest', async () => {
    const slug = String(platform.of('configs')[0]?.slug);
    await fetch(`${cli.env.PORTOLAN_URL}/v1/configs/${slug}`, {
      method: 'PUT',
      body: '{"config":{"virtual_key":"b"}}',
    });
    expect((await cli.call(['rollback', slug, '--to', '9'])).err).toContain('no version 9');
    expect((await cli.call(['rollback', slug, '--to', '1'])).code).toBe(0);
    expect((await cli.call(['configs', 'get', slug])).out).toContain('virtual_key: a');
    expect((await cli.call(['history', slug])).out.split('\n')).toHaveLength(5);
  });
});
