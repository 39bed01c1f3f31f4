import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createMultiplexer, MULTIPLEXER_DEFAULTS } from './multiplex.ts';
import { failureOf, IN_TIME } from './testing/calls.ts';
import { createAuthority, hasOpenssl, WITHOUT_OPENSSL } from './testing/certificates.ts';
import { ERRORS } from './testing/errors.ts';
import { type Behaviour, clientOf, RESOLVE, requestFor, startVault } from './testing/vault.ts';
import { type Certificates, openCertificates } from './tls.ts';

const GATEWAY = 'URI:spiffe://portolan/gateway';
const VAULT = 'URI:spiffe://portolan/vault';
const IDENTITIES = { gateway: [GATEWAY], vault: [VAULT] };
const NEVER_MS = 1_000_000;
const CLOCK = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

describe.skipIf(!hasOpenssl)(`mutual TLS${WITHOUT_OPENSSL}`, () => {
  const authority = createAuthority();
  const stranger = createAuthority();
  const folders: string[] = [];
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(() => {
    authority.remove();
    stranger.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** A mounted folder: `..data` points to the files, as Kubernetes does it. */
  const mount = (issued: string): { readonly directory: string; swap(issued: string): void } => {
    const directory = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
    folders.push(directory);
    const swap = (target: string): void => {
      symlinkSync(target, join(directory, '..new'));
      renameSync(join(directory, '..new'), join(directory, '..data'));
    };
    swap(issued);
    return { directory, swap };
  };

  const open = async (directory: string, refused: unknown[] = []): Promise<Certificates> => {
    const certificates = await openCertificates({
      directory,
      reloadMs: NEVER_MS,
      clock: CLOCK,
      onRefused: (problem) => refused.push(problem),
    });
    cleanups.push(() => certificates.close());
    return certificates;
  };

  const startTls = async (directory: string) => {
    const certificates = await open(directory);
    let calls = 0;
    const resolve: Behaviour['resolve'] = async (_slug, { callers }) => {
      calls += 1;
      return callers.join();
    };
    const started = await startVault(
      { resolve },
      { transport: { kind: 'mutual-tls', certificates }, identities: IDENTITIES },
    );
    cleanups.push(() => started.server.stop(0));
    return { ...started, certificates, served: () => calls };
  };

  const connect = (target: string, certificates: Certificates, serverNames: readonly string[] = [VAULT]) => {
    const client = clientOf(target, { transport: { kind: 'mutual-tls', certificates, serverNames } });
    cleanups.push(() => client.close());
    return client;
  };

  test('both sides prove who they are, alone and over a multiplexed stream', async () => {
    const { target } = await startTls(authority.issue(VAULT));
    const client = connect(target, await open(authority.issue(GATEWAY)));
    expect((await client.unary(RESOLVE, requestFor('x'), IN_TIME)).provider).toBe('gateway');
    const multiplexer = createMultiplexer({
      ...MULTIPLEXER_DEFAULTS,
      client,
      idempotent: [],
      errors: ERRORS,
      clock: CLOCK,
      random: Math.random,
    });
    cleanups.push(() => multiplexer.close());
    expect((await multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME)).provider).toBe('gateway');
  });

  test('a service of ours without the right is refused', async () => {
    const { target } = await startTls(authority.issue(VAULT));
    const client = connect(target, await open(authority.issue(VAULT)));
    const error = await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME));
    expect(error.cause).toMatchObject({ code: 7 });
  });

  test('a certificate of another authority is not let in', async () => {
    const { target } = await startTls(authority.issue(VAULT));
    const foreign = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
    folders.push(foreign);
    cpSync(stranger.issue(GATEWAY), foreign, { recursive: true });
    cpSync(join(authority.issue(GATEWAY), 'ca.crt'), join(foreign, 'ca.crt'));
    const client = connect(target, await open(foreign));
    expect((await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
  });

  test('a server that is another service is not spoken to', async () => {
    const { target } = await startTls(authority.issue(VAULT));
    const client = connect(target, await open(authority.issue(GATEWAY)), ['URI:spiffe://portolan/control-plane']);
    expect((await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
  });

  test('plaintext is not answered, whatever token it brings', async () => {
    const { target } = await startTls(authority.issue(VAULT));
    const client = clientOf(target);
    cleanups.push(() => client.close());
    expect((await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
  });

  test('calls are spread over all servers of a target', async () => {
    const servers = [await startTls(authority.issue(VAULT)), await startTls(authority.issue(VAULT))];
    const target = `ipv4:${servers.map((server) => server.target).join()}`;
    const client = connect(target, await open(authority.issue(GATEWAY)));
    await expect
      .poll(
        async () => {
          await client.unary(RESOLVE, requestFor('x'), IN_TIME);
          return servers.every(({ served }) => served() > 0);
        },
        { timeout: 10_000 },
      )
      .toBe(true);
  });

  test('new connections use the newest certificate while calls go on', async () => {
    const mounted = mount(authority.issue(VAULT));
    const { target, certificates } = await startTls(mounted.directory);
    const own = await open(authority.issue(GATEWAY));
    const client = connect(target, own);
    for (let swap = 0; swap < 5; swap += 1) {
      const calls = Array.from({ length: 20 }, () => client.unary(RESOLVE, requestFor('x'), IN_TIME));
      mounted.swap(authority.issue(`${VAULT},DNS:swap-${swap}.test`));
      expect(await certificates.reload()).toBe('changed');
      expect(await certificates.reload()).toBe('same');
      for (const { provider } of await Promise.all(calls)) expect(provider).toBe('gateway');
      const fresh = connect(target, own, [`DNS:swap-${swap}.test`]);
      expect((await fresh.unary(RESOLVE, requestFor('x'), IN_TIME)).provider).toBe('gateway');
    }
  });

  test.each([
    ['a key of another certificate', 'tls.key', () => join(authority.issue(VAULT), 'tls.key'), /not that of/],
    ['no authority', 'ca.crt', () => undefined, /no authority/],
    ['a broken certificate', 'tls.crt', () => undefined, /cannot be read/],
  ])('%s is refused, and the last good set stays', async (_words, file, source, problem) => {
    const mounted = mount(authority.issue(VAULT));
    const refused: unknown[] = [];
    const certificates = await open(mounted.directory, refused);
    const before = certificates.notAfterMs();
    const broken = authority.issue(VAULT, { from: '20200101000000Z', to: '20980101000000Z' });
    const replacement = source();
    if (replacement === undefined) writeFileSync(join(broken, file), 'nothing');
    else cpSync(replacement, join(broken, file));
    mounted.swap(broken);
    expect(await certificates.reload()).toBe('refused');
    expect(String(refused[0])).toMatch(problem);
    expect(certificates.notAfterMs()).toBe(before);
  });

  test.each([
    ['that has ended', { from: '20200101000000Z', to: '20210101000000Z' }, /has ended/],
    ['that is not valid yet', { from: '20980101000000Z', to: '20990101000000Z' }, /not valid yet/],
  ])('a certificate %s is refused, and a service does not start with it', async (_words, validity, problem) => {
    await expect(open(authority.issue(VAULT, validity))).rejects.toThrow(problem);
  });

  test('a folder without files says so at the start, and later keeps the last good set', async () => {
    const mounted = mount(authority.issue(VAULT));
    const refused: unknown[] = [];
    const certificates = await open(mounted.directory, refused);
    const empty = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
    folders.push(empty);
    await expect(open(empty)).rejects.toThrow(/ENOENT/);
    mounted.swap(empty);
    expect(await certificates.reload()).toBe('refused');
    expect(refused).toHaveLength(1);
  });

  test('the folder is looked at again by itself', async () => {
    const mounted = mount(authority.issue(VAULT));
    const certificates = await openCertificates({
      directory: mounted.directory,
      reloadMs: 5,
      clock: CLOCK,
      onRefused: () => undefined,
    });
    cleanups.push(() => certificates.close());
    mounted.swap(authority.issue(VAULT, { from: '20200101000000Z', to: '20980101000000Z' }));
    await expect.poll(() => new Date(certificates.notAfterMs()).getUTCFullYear(), { timeout: 10_000 }).toBe(2098);
  });
});
