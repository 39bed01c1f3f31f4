import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestCli } from '../testing/cli.ts';
import { createManagementStandIn, type ManagementStandIn } from '../testing/management-stand-in.ts';

const FILES = `
kind: VirtualKey
name: openai-prod
spec:
  provider: openai
  key: { from_env: OPENAI_KEY }
  openai_organization: org-1
  usage_limits: { credit_limit: 50, periodic_reset: monthly }
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
name: greeting
spec: { string: Be kind. }
---
kind: Prompt
name: hello
spec:
  string:
    - { role: system, content: '{{>name:greeting}}' }
  parameters: { temperature: 0.2 }
  model: gpt-4o-mini
  virtual_key: { name: openai-prod }
  collection_id: { name: inner }
  labels: [canary]
---
kind: Config
name: careful
spec:
  config:
    targets: [{ virtual_key: { name: openai-prod } }, { prompt_id: { name: hello } }]
    strategy: { mode: fallback }
---
kind: ApiKey
name: ci
spec:
  type: workspace-service
  scopes: [logs.write, completions.write]
  defaults: { config_id: { name: careful } }
  expires_at: 2030-01-01T00:00:00+02:00
`;

const SECRET = 'sk-very-secret';
let platform: ManagementStandIn;
let cli: ReturnType<typeof createTestCli>;
let file = '';

beforeAll(() => {
  cli = createTestCli({});
  file = cli.file(
    'all.yaml',
    FILES.replace(
      'targets: [{ virtual_key: { name: openai-prod } }, { prompt_id: { name: hello } }]',
      'targets: [{ virtual_key: { name: openai-prod } }, { provider: { name: openai-prod } }]',
    ),
  );
});
afterAll(() => cli.remove());

let env: Record<string, string> = {};
let url = '';
beforeEach(async () => {
  platform = createManagementStandIn();
  url = await platform.listen();
  env = { PORTOLAN_URL: url, PORTOLAN_API_KEY: 'pk-test', OPENAI_KEY: SECRET };
  return () => platform.close();
});

const portolan = (...args: string[]) => cli.call(args, { more: env });
const keysDir = () => join(cli.folder, `keys-${new URL(url).port}`);
const applyAll = () => portolan('apply', '-f', file, '--keys-dir', keysDir());

describe('apply', () => {
  test('makes everything that files describe, what is named before what names it', async () => {
    const { code, out } = await applyAll();
    expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'Done: 8 created.' });
    const slug = platform.of('virtual-keys')[0]?.slug;
    const config = platform.seen.find(({ method, path }) => method === 'POST' && path === '/v1/configs')?.body.config;
    expect(config).toMatchObject({ targets: [{ virtual_key: slug }, { provider: `@${slug}` }] });
    const prompt = platform.seen.find(({ method, path }) => method === 'POST' && path === '/v1/prompts')?.body;
    expect(prompt).toMatchObject({
      string: `[{"role":"system","content":"{{>${platform.of('partials')[0]?.slug}}}"}]`,
      collection_id: platform.of('collections').find(({ name }) => name === 'inner')?.id,
    });
    expect(platform.of('collections').find(({ name }) => name === 'inner')?.parent_collection_id).toBe(
      platform.of('collections').find(({ name }) => name === 'outer')?.id,
    );
  });

  test('a second run changes nothing and says so', async () => {
    await applyAll();
    const before = platform.writes().length;
    expect(await portolan('apply', '-f', file)).toEqual({ code: 0, out: 'Nothing to do: 8 unchanged.\n', err: '' });
    expect(platform.writes()).toHaveLength(before);
    expect(await portolan('diff', '-f', file)).toEqual({ code: 0, out: '', err: '' });
  });

  test('a new API key goes into a file of its own, which only its owner reads, and nowhere else', async () => {
    const { out, err } = await applyAll();
    const path = join(keysDir(), 'ci.key');
    expect(readFileSync(path, 'utf8')).toBe('secret-of-ci\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(out + err).not.toContain('secret-of-ci');
  });

  test('without a place for new API keys nothing is begun', async () => {
    const { code, err } = await portolan('apply', '-f', file);
    expect(code).toBe(2);
    expect(err).toContain('--keys-dir');
    expect(platform.writes()).toEqual([]);
  });

  test('without a secret that is needed nothing is begun', async () => {
    env = { ...env, OPENAI_KEY: '' };
    const { code, err } = await applyAll();
    expect(code).toBe(2);
    expect(err).toContain('the variable OPENAI_KEY is not set');
    expect(platform.writes()).toEqual([]);
  });

  test('secrets go to the platform and are never shown; they are replaced only when that is asked for', async () => {
    const shown = [await portolan('diff', '-f', file), await applyAll()];
    expect(platform.writes().filter(({ body }) => body.key === SECRET)).toHaveLength(1);
    shown.push(await portolan('apply', '-f', file), await portolan('diff', '-f', file, '--rotate-secrets'));
    expect(platform.writes().filter(({ body }) => body.key === SECRET)).toHaveLength(1);
    shown.push(await portolan('apply', '-f', file, '--rotate-secrets'));
    expect(platform.writes().filter(({ body }) => body.key === SECRET)).toHaveLength(2);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  test('it stops at the first error and says what was done; the next run goes on from there', async () => {
    platform.fail('POST', /\/prompts$/, 503);
    const { code, out, err } = await applyAll();
    expect(code).toBe(2);
    expect(out).toContain('created    Partial "greeting"');
    expect(err).toMatch(/failed: Prompt "hello"[\s\S]*told to fail[\s\S]*Partial "greeting"[\s\S]*2 more not begun/);
    expect(err).toContain('trace id trace-1');
    expect(readdirSync(keysDir())).toEqual([]);
    expect((await applyAll()).out).toContain('Done: 3 created, 5 unchanged.');
  });

  test('objects that name each other in a ring are refused, in words', async () => {
    const ring = ['a', 'b'].map(
      (name, at) => `kind: Collection\nname: ${name}\nspec: { parent_collection_id: { name: ${'ba'[at]} } }\n`,
    );
    const { code, err } = await portolan('apply', '-f', cli.file('ring.yaml', ring.join('---\n')));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('do objects name each other?') });
    expect(platform.writes()).toEqual([]);
  });

  test('an empty file that an interrupted run left behind is no obstacle', async () => {
    mkdirSync(keysDir());
    writeFileSync(join(keysDir(), 'ci.key'), '', { mode: 0o600 });
    expect((await applyAll()).code).toBe(0);
    expect(readFileSync(join(keysDir(), 'ci.key'), 'utf8')).toBe('secret-of-ci\n');
  });

  test('a changed prompt is published, and its labels come along', async () => {
    await applyAll();
    const changed = cli.file(
      'changed.yaml',
      readFileSync(file, 'utf8').replace('temperature: 0.2', 'temperature: 0.5'),
    );
    expect((await portolan('apply', '-f', changed)).out).toContain('changed    Prompt "hello": parameters');
    const prompt = await portolan('prompts', 'get', String(platform.of('prompts')[0]?.slug), '--json');
    expect(JSON.parse(prompt.out)).toMatchObject({
      published_version: 2,
      parameters: { temperature: 0.5 },
      model: 'gpt-4o-mini',
      prompt_version_label_ids: [platform.of('labels')[0]?.id],
    });
    expect((await portolan('diff', '-f', changed)).code).toBe(0);
  });

  test('what a draft changed meanwhile is not published along', async () => {
    await applyAll();
    const prompt = platform.of('prompts')[0];
    await fetch(`${url}/v1/prompts/${prompt?.id}`, {
      method: 'PUT',
      body: JSON.stringify({ string: '[]', parameters: { temperature: 2 }, model: 'draft' }),
    });
    const changed = cli.file(
      'drafted.yaml',
      readFileSync(file, 'utf8').replace('temperature: 0.2', 'temperature: 0.5'),
    );
    await portolan('apply', '-f', changed);
    expect((await portolan('prompts', 'get', String(prompt?.slug), '--json')).out).toContain('gpt-4o-mini');
  });

  test('a dry run writes nothing', async () => {
    expect((await portolan('apply', '-f', file, '--dry-run')).out).toContain('Nothing was done: 8 created.');
    expect(platform.writes()).toEqual([]);
  });
});

describe('prune', () => {
  const some = `kind: Config\nname: one\nspec: { config: { virtual_key: a } }\n`;
  const two = `${some}---\nkind: Config\nname: two\nspec: { config: { virtual_key: a } }\n`;

  test('deletes what no file names, of the named kinds only, after it was confirmed', async () => {
    await applyAll();
    await portolan('apply', '-f', cli.file('two.yaml', two));
    const less = cli.file('one.yaml', some);
    const asked = await portolan('apply', '-f', less, '--prune', '--prune-kind', 'Config');
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect((await portolan('apply', '-f', less, '--prune', '--prune-kind', 'Config', '--yes')).out).toContain(
      '2 deleted',
    );
    expect(platform.of('configs').map(({ name }) => name)).toEqual(['one']);
    expect(platform.of('prompts')).toHaveLength(1);
  });

  test('needs to be told which kinds', async () => {
    const { code, err } = await portolan('apply', '-f', cli.file('one.yaml', some), '--prune');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--prune-kind') });
    expect((await portolan('apply', '-f', file, '--prune', '--prune-kind', 'Confg')).err).toContain(
      'did you mean Config',
    );
  });

  test('never deletes the key that it uses itself', async () => {
    platform.of('api-keys').push({ id: 'own', name: 'own', type: 'workspace-service', status: 'active' });
    const { out } = await portolan(
      'apply',
      '-f',
      cli.file('one.yaml', some),
      '--prune',
      '--prune-kind',
      'ApiKey',
      '--yes',
    );
    expect(out).not.toContain('deleted');
    expect(platform.of('api-keys')).toHaveLength(1);
  });
});

describe('diff', () => {
  test('shows a unified diff of what the file names, and ends with 1', async () => {
    await applyAll();
    const changed = cli.file('more.yaml', readFileSync(file, 'utf8').replace('credit_limit: 50', 'credit_limit: 60'));
    const { code, out } = await portolan('diff', '-f', changed);
    expect(code).toBe(1);
    expect(out).toBe(`--- VirtualKey "openai-prod"
+++ VirtualKey "openai-prod"
@@ -1,4 +1,4 @@
 usage_limits:
   - type: cost
-    credit_limit: 50
+    credit_limit: 60
     periodic_reset: monthly
`);
  });

  test('an error ends with 2, so that it is not taken for a difference', async () => {
    platform.fail('GET', /self$/, 401);
    expect((await portolan('diff', '-f', file)).code).toBe(2);
    expect((await portolan('diff', '-f', 'nowhere.yaml')).code).toBe(2);
  });

  test('what a field cannot become is said before anything is done', async () => {
    await applyAll();
    const changed = cli.file(
      'other.yaml',
      'kind: VirtualKey\nname: openai-prod\nspec: { provider: anthropic, key: { from_env: OPENAI_KEY } }\n',
    );
    const { code, err } = await portolan('apply', '-f', changed);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('provider cannot be changed') });
  });
});

describe('export', () => {
  test('what is exported is what is there: applying it changes nothing', async () => {
    await applyAll();
    const { out } = await portolan('export');
    const exported = cli.file('exported.yaml', out);
    expect(out).toContain('from_env: OPENAI_PROD_KEY');
    expect(out).toContain('{{>name:greeting}}');
    expect(await portolan('diff', '-f', exported)).toEqual({ code: 0, out: '', err: '' });
  });

  test('into a folder, one file for each object', async () => {
    await applyAll();
    const folder = join(cli.folder, 'out');
    expect((await portolan('export', '--to', folder, '--kind', 'Config,VirtualKey')).out).toContain('Wrote 2 files');
    expect(readdirSync(folder).toSorted()).toEqual(['configs', 'virtual-keys']);
    expect((await portolan('diff', '-f', folder)).code).toBe(0);
  });

  test('fits an empty platform, whose slugs are others', async () => {
    await applyAll();
    const exported = cli.file('moved.yaml', (await portolan('export')).out);
    const other = createManagementStandIn();
    const otherUrl = await other.listen();
    try {
      const more = { PORTOLAN_URL: otherUrl, PORTOLAN_API_KEY: 'pk-other', OPENAI_PROD_KEY: SECRET };
      const args = ['apply', '-f', exported, '--keys-dir', join(cli.folder, 'other-keys')];
      expect((await cli.call(args, { more })).out).toContain('Done: 8 created.');
      expect((await cli.call(['diff', '-f', exported], { more })).code).toBe(0);
    } finally {
      await other.close();
    }
  });
});
