import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type TempDir, tempDir, until } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, type Json } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { inWorkspace } from '../set-up/workspace.ts';

const RUN_WITHIN_MS = 100_000;
const HEARD_WITHIN_MS = 10_000;
const SECRET = 'sk-of-the-provider-4711';

const FILES = `
kind: VirtualKey
name: openai-prod
spec:
  provider: openai
  slug: openai-prod
  key: { from_env: PROVIDER_KEY }
  usage_limits: { credit_limit: 50, periodic_reset: monthly }
---
kind: VirtualKey
name: azure-prod
spec:
  provider: azure-openai
  key: { from_env: PROVIDER_KEY }
  azure_resource_name: ours
  azure_deployment_config:
    - { azure_deployment_name: gpt4o, azure_api_version: 2024-10-21, alias: gpt-4o, is_default: true }
---
kind: Collection
name: inner
spec: { parent_collection_id: { name: outer } }
---
kind: Collection
name: outer
---
kind: Label
name: canary
---
kind: Partial
name: tone
spec: { string: Answer in two sentences. }
---
kind: Prompt
name: support
spec:
  string:
    - { role: system, content: "You help. {{>name:tone}}" }
    - { role: user, content: "{{question}}" }
  parameters: { temperature: 0.2 }
  model: gpt-4o-mini
  virtual_key: { name: openai-prod }
  collection_id: { name: inner }
  labels: [canary]
---
kind: Guardrail
name: short
spec:
  checks: [{ id: default.wordCount, parameters: { minWords: 1, maxWords: 10 } }]
  actions: { deny: true, async: false }
---
kind: Config
name: careful
spec:
  config:
    strategy: { mode: fallback }
    targets:
      - { provider: rehearsal, override_params: { model: "rehearsal:status=503" } }
      - { provider: rehearsal, override_params: { model: rehearsal } }
      - { virtual_key: { name: openai-prod }, override_params: { model: gpt-4o-mini } }
---
kind: ApiKey
name: bot
spec:
  type: workspace-service
  scopes: [completions.write, prompts.render]
  defaults: { config_id: { name: careful }, metadata: { team: support } }
  rate_limits: [{ type: requests, unit: rpm, value: 600 }]
  expires_at: 2090-01-01T00:00:00+02:00
`;

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let platform: Platform;
let folder: TempDir;
/** Everything that was printed, to look for secrets in it. */
let printed = '';

beforeAll(async () => {
  platform = await startPlatform();
  folder = await tempDir();
});
afterAll(async () => {
  await platform?.stop();
  await folder?.remove();
});

const portolan = (...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_CONFIG_HOME: folder.path,
      PROVIDER_KEY: SECRET,
    };
    execFile(
      process.execPath,
      [inWorkspace('tools/launch/portolan.mjs'), ...args],
      { env, timeout: RUN_WITHIN_MS },
      (error, out, err) => {
        printed += out + err;
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err });
      },
    );
  });

const listed = async (...args: string[]): Promise<Json> => JSON.parse((await portolan(...args, '--json')).out) as Json;

const call = (apiKey: string): Promise<Response> =>
  fetch(`${platform.apiUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-portkey-api-key': apiKey },
    body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Say hello' }] }),
    signal: AbortSignal.timeout(HEARD_WITHIN_MS),
  });

/** Until gateways have heard of a change. */
const callUntil = (apiKey: string, isSo: (response: Response) => boolean, what: string): Promise<Response> =>
  until(
    async () => {
      const response = await call(apiKey);
      return isSo(response) ? response : undefined;
    },
    { timeoutMs: HEARD_WITHIN_MS, what },
  );

const lastTarget = (response: Response): string | null => response.headers.get('x-portkey-last-used-option-index');

describe('a platform is managed from the command line', () => {
  const file = () => join(folder.path, 'platform.yaml');
  const botKey = async () => (await readFile(join(folder.path, 'keys', 'bot.key'), 'utf8')).trim();

  it('a login is checked and kept for its owner alone', async () => {
    const login = ['login', '--url', platform.apiUrl, '--key-file', join(platform.dataDir, 'api-key')];
    expect(await portolan(...login)).toMatchObject({ code: 0, out: expect.stringContaining('workspace-service') });
    expect((await stat(join(folder.path, 'portolan', 'credentials.json'))).mode & 0o777).toBe(0o600);
    const admin = ['--profile', 'admin', '--key-file', join(platform.dataDir, 'admin-key')];
    expect((await portolan('login', '--url', platform.apiUrl, ...admin)).code).toBe(0);
    expect((await portolan('whoami', '--profile', 'admin')).out).toContain('organisation-service');
  });

  it('what files describe is made, works, and is not made again', async () => {
    await writeFile(file(), FILES);
    const apply = await portolan('apply', '-f', file(), '--keys-dir', join(folder.path, 'keys'));
    expect(apply).toMatchObject({ code: 0, out: expect.stringContaining('Done: 10 created.') });
    expect(await portolan('apply', '-f', file())).toMatchObject({ code: 0, out: 'Nothing to do: 10 unchanged.\n' });
    expect(await portolan('diff', '-f', file())).toMatchObject({ code: 0, out: '' });

    const answer = await callUntil(await botKey(), (response) => response.status === 200, 'the new key and its config');
    expect(lastTarget(answer)).toBe('config.targets[1]');
  });

  it('a prompt is rendered with the partial that its file names by name', async () => {
    const slug = String(at(await listed('prompts', 'list'), 0, 'slug'));
    const rendered = await until(
      async () => {
        const outcome = await portolan('prompts', 'render', slug, '--var', 'question=why', '--json');
        return outcome.code === 0 ? (JSON.parse(outcome.out) as Json) : undefined;
      },
      { timeoutMs: HEARD_WITHIN_MS, what: 'the prompt' },
    );
    expect(at(rendered, 'data', 'messages')).toEqual([
      { role: 'system', content: 'You help. Answer in two sentences.' },
      { role: 'user', content: 'why' },
    ]);
  });

  it('what is exported changes nothing where it came from', async () => {
    const exported = join(folder.path, 'exported');
    expect((await portolan('export', '--to', exported)).code).toBe(0);
    expect(await readdir(exported)).toContain('configs');
    expect(await portolan('diff', '-f', exported)).toMatchObject({ code: 0, out: '', err: '' });
  });

  it('a change is shown, applied, served, and taken back', async () => {
    await writeFile(
      file(),
      FILES.replace('rehearsal:status=503', 'rehearsal').replace('two sentences', 'one sentence'),
    );
    const diff = await portolan('diff', '-f', file());
    expect(diff).toMatchObject({ code: 1, out: expect.stringContaining('-        model: rehearsal:status=503') });
    expect((await portolan('apply', '-f', file())).out).toContain('Done: 2 changed, 8 unchanged.');
    expect((await portolan('diff', '-f', file())).code).toBe(0);
    await callUntil(await botKey(), (answer) => lastTarget(answer) === 'config.targets[0]', 'the new version');

    const slug = String(at(await listed('configs', 'list'), 0, 'slug'));
    expect((await listed('history', slug)) as readonly Json[]).toHaveLength(2);
    expect((await portolan('rollback', slug, '--to', '1')).code).toBe(0);
    await callUntil(await botKey(), (answer) => lastTarget(answer) === 'config.targets[1]', 'the old version');
  });

  it('a revoked key ends', async () => {
    const keys = (await listed('keys', 'list')) as readonly Json[];
    const id = keys.find((key) => at(key, 'name') === 'bot');
    expect((await portolan('keys', 'revoke', String(at(id, 'id')))).code).toBe(2);
    expect((await portolan('keys', 'revoke', String(at(id, 'id')), '--yes')).code).toBe(0);
    await callUntil(await botKey(), (answer) => answer.status === 401, 'the end of the key');
  });

  it('a workspace with all that is in it is described in one file', async () => {
    await writeFile(
      file(),
      `
kind: Workspace
name: Research
spec:
  description: labs
  usage_limits: [{ credit_limit: 100, periodic_reset: monthly }]
  defaults: { metadata: { cost_centre: "42" }, user_api_key_config: { name: plain } }
---
kind: Config
name: plain
workspace: Research
spec: { config: { virtual_key: { name: main } } }
---
kind: VirtualKey
name: main
workspace: Research
spec: { provider: anthropic, key: { from_env: PROVIDER_KEY } }
`,
    );
    expect(await portolan('apply', '-f', file(), '--profile', 'admin')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Done: 3 created, 1 changed.'),
    });
    expect((await portolan('diff', '-f', file(), '--profile', 'admin')).code).toBe(0);
    expect((await portolan('workspaces', 'list', '--profile', 'admin')).out).toContain('Research');
  });

  it('people are invited, and everything that was done is in an audit log that is whole', async () => {
    const invite = await portolan('users', 'invite', 'new@example.com', '--profile', 'admin');
    expect(invite).toMatchObject({ code: 0, out: expect.stringContaining('/invite/') });
    expect((await portolan('users', 'list', '--profile', 'admin')).out).toContain('invited');
    expect((await portolan('audit', 'list', '--profile', 'admin')).out).toMatch(/revoke|delete/);
    expect(await portolan('audit', 'verify', '--profile', 'admin')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is whole'),
    });
  });

  it('a refusal is told with its code and trace id, and ends with 2', async () => {
    const refused = await portolan('configs', 'get', 'pc-nobody');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/^error 404 AB08 not_found: .*\n {2}trace id \S+\n$/m);
  });

  it('nothing secret was ever printed', async () => {
    expect(printed).not.toContain(SECRET);
    expect(printed).not.toContain(platform.apiKey);
    expect(printed).not.toContain(platform.adminKey);
    expect(printed).not.toContain(await botKey());
  });
});
