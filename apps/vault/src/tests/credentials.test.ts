import { readFile } from 'node:fs/promises';
import {
  CreateCredentialRequest,
  CredentialStatus,
  ResolveCredentialResponse,
  type UpdateCredentialRequest,
  VaultServiceService,
} from '@portolan/proto';
import { PlatformError } from '@portolan/service-kit';
import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { until } from '@portolan/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CHAIN_START, followChain } from '../adapters/audit/sql.ts';
import { ACTOR, create, creation, failureOf, resolve, revoke, secretsIn, settingsOf } from '../testing/calls.ts';
import {
  createVaultFolder,
  IN_TIME,
  type RunningVault,
  startVaultOver,
  type VaultFolder,
} from '../testing/vault-service.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;

let database: MigratableDatabase;
let folder: VaultFolder;
let vault: RunningVault;
beforeAll(async () => {
  folder = await createVaultFolder();
  database = await openPglite();
  vault = await startVaultOver(database, folder);
  await vault.service.open();
}, START_MS);
afterAll(async () => {
  await vault.stop();
  await database.close();
  await folder.remove();
});

const update = (id: string, settings: Readonly<Record<string, unknown>>, more: Partial<UpdateCredentialRequest> = {}) =>
  vault
    .as('control-plane')
    .unary(
      VaultServiceService.updateCredential,
      { organizationId: 'org-1', id, settingsJson: settingsOf(settings), extraHosts: undefined, actor: ACTOR, ...more },
      IN_TIME,
    );

const rotate = (id: string, settings: Readonly<Record<string, unknown>>, overlapMs?: number) =>
  vault.as('control-plane').unary(
    VaultServiceService.rotateCredential,
    {
      organizationId: 'org-1',
      id,
      settingsJson: settingsOf(settings),
      overlap: overlapMs === undefined ? undefined : { seconds: overlapMs / 1000, nanos: 0 },
      actor: ACTOR,
    },
    IN_TIME,
  );

test('a credential is made, described without its secret, and resolved with it', async () => {
  const request = creation({
    settings: { key: 'sk-canary-0123456789', openaiProject: 'p-1' },
    extraHosts: ['proxy.example.com'],
  });
  const made = await create(vault, request);
  expect(made).toMatchObject({
    id: request.id,
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    provider: 'openai',
    status: CredentialStatus.CREDENTIAL_STATUS_ACTIVE,
    settingsJson: '{"openai_project":"p-1"}',
    maskedSecrets: { key: 'sk********789' },
    allowedHosts: ['api.openai.com', 'proxy.example.com'],
    generation: 1,
    version: 1,
    overlapEndTime: undefined,
  });
  const resolved = await resolve(vault, request.id);
  expect(secretsIn(resolved)).toEqual({ key: 'sk-canary-0123456789' });
  expect(resolved).toMatchObject({
    provider: 'openai',
    settingsJson: '{"openai_project":"p-1"}',
    allowedHosts: ['api.openai.com', 'proxy.example.com'],
    generation: 1,
    version: 1,
    freshFor: { seconds: 300, nanos: 0 },
    usableFor: { seconds: 86_400, nanos: 0 },
  });
});

test('making the same credential again changes nothing; making another one with its id is a conflict', async () => {
  const settings = { key: 'sk-canary-0123456789' };
  const first = creation({ settings });
  const again = (more: Parameters<typeof creation>[0] = {}) =>
    create(vault, creation({ id: first.id, settings, ...more }));
  const made = await create(vault, first);
  expect(await again()).toEqual(made);
  for (const other of [
    { settings: { key: 'another secret' } },
    { settings: { ...settings, openai_project: 'p' } },
    { workspaceId: 'ws-2' },
    { organizationId: 'org-2' },
    { provider: 'anthropic' },
    { extraHosts: ['proxy.example.com'] },
  ]) {
    expect((await failureOf(again(other))).type).toBe('conflict');
  }
  expect(await again()).toEqual(made);
});

test('two who make one credential at once both get it', async () => {
  const { id } = creation();
  const made = await Promise.all([1, 2, 3].map(() => create(vault, creation({ id }))));
  expect(made.map(({ generation }) => generation)).toEqual([1, 1, 1]);
});

test('a credential of a workspace is for that workspace; one without is for all of its organization, and no other', async () => {
  const [own, shared] = [creation(), creation({ workspaceId: '' })];
  await create(vault, own);
  await create(vault, shared);
  expect(secretsIn(await resolve(vault, shared.id, { workspaceId: 'ws-2' }))).toHaveProperty('key');
  for (const [id, tenant] of [
    [own.id, { workspaceId: 'ws-2' }],
    [own.id, { workspaceId: '' }],
    [own.id, { organizationId: 'org-2' }],
    [shared.id, { organizationId: 'org-2' }],
  ] as const) {
    expect((await failureOf(resolve(vault, id, tenant))).type).toBe('not_found');
  }
});

test('settings that are no credential are refused with every problem and the name that was probably meant', async () => {
  const error = await failureOf(
    create(vault, creation({ provider: 'bedrock', settings: { awsRegoin: 'x', key: 7 }, extraHosts: ['*'] })),
  );
  expect(error.type).toBe('invalid_request_error');
  expect(error.errors).toEqual([
    '"awsRegoin" is no setting of this provider. Did you mean "aws_region"?',
    '"key" must be a string.',
    'Each allowed host must be a host name, or with "*" for a part of it.',
  ]);
});

test.each([
  [{ id: 'x' }, 'id'],
  [{ organizationId: 'vault:platform' }, 'organization_id'],
  [{ organizationId: '' }, 'organization_id'],
  [{ workspaceId: 'a b' }, 'workspace_id'],
  [{ provider: 'Open AI' }, 'provider'],
  [{ actor: 'somebody' }, 'actor'],
])('a request with %o is refused, naming %s', async (more, param) => {
  const error = await failureOf(create(vault, creation(more)));
  expect([error.type, error.param]).toEqual(['invalid_request_error', param]);
});

test('settings that are no JSON object, or too large, are refused without being quoted', async () => {
  for (const text of ['canary', '[]', '"canary"', 'null']) {
    const error = await failureOf(create(vault, { ...creation(), settingsJson: Buffer.from(text) }));
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).not.toContain('canary');
  }
  const large = await failureOf(create(vault, creation({ settings: { key: 'x'.repeat(300_000) } })));
  expect(large.type).toBe('request_too_large');
});

test('an update changes what it names, and a changed secret replaces the old one at once', async () => {
  const { id } = await create(
    vault,
    creation({
      provider: 'bedrock',
      settings: {
        aws_access_key_id: 'AKIA-canary-1',
        aws_secret_access_key: 'old-canary-secret',
        aws_region: 'us-east-1',
      },
    }),
  );
  const { credential } = await update(id, { awsRegion: 'eu-west-1' });
  expect(credential).toMatchObject({ settingsJson: '{"aws_region":"eu-west-1"}', generation: 2, version: 1 });
  await update(id, { aws_secret_access_key: 'new-canary-secret' });
  const resolved = await resolve(vault, id);
  expect(resolved).toMatchObject({ generation: 3, version: 2 });
  expect(secretsIn(resolved)).toEqual({
    aws_access_key_id: 'AKIA-canary-1',
    aws_secret_access_key: 'new-canary-secret',
  });
  await update(id, { aws_access_key_id: null, aws_region: null });
  expect(secretsIn(await resolve(vault, id))).toEqual({ aws_secret_access_key: 'new-canary-secret' });
  const versions = await database.query('select version from vault_credential_versions where credential_id = $1', [id]);
  expect(versions).toEqual([{ version: 3 }]);
});

test('an update from a generation that has passed is a conflict; without one the last writer wins', async () => {
  const { id } = await create(vault, creation());
  await update(id, { openai_project: 'a' }, { expectedGeneration: 1 });
  expect((await failureOf(update(id, { openai_project: 'b' }, { expectedGeneration: 1 }))).type).toBe('conflict');
  const all = await Promise.all(['c', 'd', 'e'].map((project) => update(id, { openai_project: project })));
  expect(all.map(({ credential }) => credential?.generation).toSorted()).toHaveLength(3);
  expect((await resolve(vault, id)).generation).toBe(5);
});

test('a rotation gives out the new secrets and keeps the old ones for the overlap', async () => {
  const { id } = await create(vault, creation({ settings: { key: 'sk-old-canary-1', custom_headers: { a: 'kept' } } }));
  const before = Date.now();
  const { credential } = await rotate(id, { key: 'sk-new-canary-2' });
  expect(credential).toMatchObject({ generation: 2, version: 2 });
  expect(credential?.overlapEndTime?.getTime()).toBeGreaterThanOrEqual(before + 1_800_000 - 1_000);
  expect(secretsIn(await resolve(vault, id))).toEqual({ key: 'sk-new-canary-2', custom_headers: '{"a":"kept"}' });
  const versions = () => database.query('select version from vault_credential_versions where credential_id = $1', [id]);
  expect(await versions()).toHaveLength(2);
  const { credential: last } = await rotate(id, { key: 'sk-third-canary-3' }, 0);
  expect(last?.overlapEndTime).toBeUndefined();
  expect(await versions()).toEqual([{ version: 3 }]);
});

test('a revoked credential is gone for good, and revoking it again changes nothing', async () => {
  const { id } = await create(vault, creation());
  expect(await revoke(vault, id)).toMatchObject({
    status: CredentialStatus.CREDENTIAL_STATUS_REVOKED,
    generation: 2,
    maskedSecrets: {},
  });
  expect((await revoke(vault, id)).generation).toBe(2);
  const refused = await failureOf(resolve(vault, id));
  expect([refused.type, refused.code]).toEqual(['not_found', 'credential_revoked']);
  expect((await failureOf(update(id, { openai_project: 'a' }))).code).toBe('credential_revoked');
  expect((await failureOf(rotate(id, { key: 'x' }))).code).toBe('credential_revoked');
  expect(await database.query('select field from vault_credential_secrets where credential_id = $1', [id])).toEqual([]);
});

test('a management call for another organization finds nothing', async () => {
  const { id } = await create(vault, creation());
  const asOther = vault
    .as('control-plane')
    .unary(VaultServiceService.getCredential, { organizationId: 'org-2', id }, IN_TIME);
  expect((await failureOf(asOther)).type).toBe('not_found');
  expect((await failureOf(revoke(vault, id, 'org-2'))).type).toBe('not_found');
  expect((await resolve(vault, id)).generation).toBe(1);
});

test('credentials are listed in pages, in the order of their ids', async () => {
  const list = (afterId: string, pageSize: number) =>
    vault.as('control-plane').unary(VaultServiceService.listCredentials, { afterId, pageSize }, IN_TIME);
  const rows = await database.query('select id from vault_credentials order by id collate "C"');
  const seen: string[] = [];
  for (let after = '', more = true; more; ) {
    const page = await list(after, 3);
    seen.push(...page.credentials.map(({ id }) => id));
    after = seen.at(-1) ?? '';
    more = page.hasMore;
  }
  expect(seen).toEqual(rows.map(({ id }) => id));
  expect(seen).toEqual(seen.toSorted());
  expect((await failureOf(list('', 1001))).type).toBe('invalid_request_error');
});

test('a page of large credentials is cut so that it fits into a message, and nothing is left out', async () => {
  const large = 'x'.repeat(200_000);
  const ids: string[] = [];
  for (let at = 0; at < 6; at += 1) {
    ids.push((await create(vault, creation({ organizationId: 'org-large', settings: { openai_project: large } }))).id);
  }
  const seen: string[] = [];
  for (let after = '', more = true; more; ) {
    const page = await vault
      .as('control-plane')
      .unary(VaultServiceService.listCredentials, { afterId: after, pageSize: 1000 }, IN_TIME);
    seen.push(...page.credentials.map(({ id }) => id));
    after = seen.at(-1) ?? '';
    more = page.hasMore;
  }
  expect(seen).toEqual([...new Set(seen)].toSorted());
  expect(ids.filter((id) => !seen.includes(id))).toEqual([]);
});

test('whatever is typed as settings is kept as it is or refused, and never an error of ours', async () => {
  const settings = fc.dictionary(
    fc.constantFrom('key', 'openai_project', 'custom_headers', 'customHost', 'unknown'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.dictionary(fc.string(), fc.string({ unit: 'binary' }))),
  );
  await fc.assert(
    fc.asyncProperty(settings, async (given) => {
      const request = creation({ settings: given });
      const outcome = await create(vault, request).catch((error: unknown) => error);
      if (outcome instanceof PlatformError) expect(outcome.type).toBe('invalid_request_error');
      else if (typeof given.key === 'string' && given.key !== '') {
        expect(secretsIn(await resolve(vault, request.id)).key).toBe(given.key);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('V2: a row that was exchanged with another opens nowhere, is written to the audit, and the others are as before', async () => {
  const [first, second, third] = await Promise.all(
    [1, 2, 3].map((at) => create(vault, creation({ settings: { key: `sk-canary-row-${at}` } }))),
  );
  if (first === undefined || second === undefined || third === undefined) throw new Error('three were made');
  await database.query(
    `update vault_credential_secrets s set sealed = o.sealed from vault_credential_secrets o
     where (s.credential_id = $1 and o.credential_id = $2) or (s.credential_id = $2 and o.credential_id = $1)`,
    [first.id, second.id],
  );
  for (const { id } of [first, second]) {
    const error = await failureOf(resolve(vault, id));
    expect(error.type).toBe('credential_unreadable');
    expect(error.message).not.toContain('canary');
  }
  expect(secretsIn(await resolve(vault, third.id))).toEqual({ key: 'sk-canary-row-3' });
  const told = await until(async () => {
    const rows = await database.query(`select credential_id from vault_audit where action = 'credential.tampered'`);
    return rows.length >= 2 ? rows : undefined;
  });
  expect(told.map((row) => row.credential_id).toSorted()).toEqual([first.id, second.id].toSorted());
});

test('V7: every change and every release stands in both sinks, the chain holds, and none has a secret', async () => {
  const request = creation({ settings: { key: 'sk-canary-of-the-audit' } });
  const { id } = await create(vault, request);
  await resolve(vault, id);
  await failureOf(resolve(vault, id, { organizationId: 'org-9' }));
  await update(id, { key: 'sk-canary-of-the-audit-2' });
  await revoke(vault, id);
  const expected = [
    ['credential.create', 'done', 1],
    ['credential.resolve', 'done', 1],
    ['credential.resolve', 'refused', null],
    ['credential.revoke', 'done', 3],
    ['credential.update', 'done', 2],
  ];
  const lines = async () => {
    const rows = await database.query('select line from vault_audit order by sequence');
    return {
      file: (await readFile(folder.env.VAULT_AUDIT_FILE ?? '', 'utf8')).trim().split('\n'),
      rows: rows.map(({ line }) => String(line)),
    };
  };
  const { file, rows } = await until(async () => {
    const found = await lines();
    return found.file.length === found.rows.length && found.rows.filter((line) => line.includes(id)).length === 5
      ? found
      : undefined;
  });
  for (const sink of [file, rows]) {
    const entries = sink.map((line) => JSON.parse(line)).filter(({ credentialId }) => credentialId === id);
    expect(entries.map(({ action, outcome, generation }) => [action, outcome, generation]).toSorted()).toEqual(
      expected,
    );
    expect(sink.join('\n')).not.toContain('canary');
  }
  expect(file.toSorted()).toEqual(rows.toSorted());
  expect(await followChain(database, CHAIN_START)).toMatchObject({ isIntact: true, sequence: rows.length });
});

test('V14: what was given out and what was taken in is erased when it has been written and read', async () => {
  const [encode, decode] = [vi.spyOn(ResolveCredentialResponse, 'encode'), vi.spyOn(CreateCredentialRequest, 'decode')];
  const { id } = await create(vault, creation());
  expect(secretsIn(await resolve(vault, id))).toEqual({ key: 'sk-canary-0123456789' });
  const written = encode.mock.calls.flatMap(([response]) => response.secrets.map(({ value }) => value));
  const read = decode.mock.results.flatMap(({ value }) => (value instanceof Error ? [] : [value.settingsJson]));
  encode.mockRestore();
  decode.mockRestore();
  expect([written.length, read.length]).toEqual([1, 1]);
  for (const bytes of [...written, ...read]) expect(Buffer.from(bytes).every((byte) => byte === 0)).toBe(true);
});
