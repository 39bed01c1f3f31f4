import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestCli } from '../testing/cli.ts';
import { createManagementStandIn } from '../testing/management-stand-in.ts';

const KEY = 'pk-secret-of-mine';
const platform = createManagementStandIn();
const cli = createTestCli({});
let url = '';
beforeAll(async () => {
  url = await platform.listen();
});
afterAll(async () => {
  cli.remove();
  await platform.close();
});

describe('login', () => {
  test('without one the person is told how', async () => {
    expect(await cli.call(['whoami'])).toEqual({ code: 2, out: '', err: expect.stringContaining('portolan login') });
  });

  test('keeps the key from stdin for its owner alone, and shows it nowhere', async () => {
    const told = [
      await cli.call(['login', '--url', url], { stdin: `${KEY}\n` }),
      await cli.call(['whoami']),
      await cli.call(['whoami', '--json']),
    ];
    expect(told.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(JSON.stringify(told)).not.toContain(KEY);
    const path = join(cli.folder, 'portolan', 'credentials.json');
    expect(readFileSync(path, 'utf8')).toContain(KEY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a key that the platform does not know is not kept', async () => {
    platform.fail('GET', /self$/, 401);
    const { code } = await cli.call(['login', '--url', url, '--profile', 'bad'], { stdin: 'wrong' });
    expect(code).toBe(2);
    expect((await cli.call(['whoami', '--profile', 'bad'])).err).toContain('no profile "bad"');
  });

  test('asks at a terminal without showing what is typed', async () => {
    const asked: string[] = [];
    const outcome = await cli.call(['login', '--url', url, '--profile', 'typed'], {
      stdinIsTerminal: true,
      askHidden: async (question) => {
        asked.push(question);
        return KEY;
      },
      readStdin: async () => {
        throw new Error('stdin is a terminal');
      },
    });
    expect([outcome.code, asked]).toEqual([0, [`API key for ${url}: `]]);
  });

  test('the variable of a key wins over the kept one', async () => {
    expect((await cli.call(['whoami', '--url', 'http://127.0.0.1:9'])).err).toContain('There is no key for');
    expect((await cli.call(['whoami'], { more: { PORTOLAN_API_KEY: 'other' } })).code).toBe(0);
  });

  test('a logout forgets', async () => {
    expect((await cli.call(['logout'])).code).toBe(0);
    expect((await cli.call(['whoami'])).code).toBe(2);
  });
});
