import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { controlPlaneEnv } from '../../apps/control-plane/src/config.ts';
import { gatewayEnv } from '../../apps/gateway/src/config.ts';
import { vaultEnv } from '../../apps/vault/src/config.ts';
import { readEnv } from '../env/read-env.mjs';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path), 'utf8');
const { version } = JSON.parse(read('package.json'));

const compose = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);

/** Ours, with the schema of their environment and the prefix of its variables. */
const OURS = [
  { app: 'vault', schema: vaultEnv, prefix: 'VAULT' },
  { app: 'control-plane', schema: controlPlaneEnv, prefix: 'CONTROL_PLANE' },
  { app: 'gateway', schema: gatewayEnv, prefix: 'GATEWAY' },
];

test('every app that is a service is in it', () => {
  const apps = readdirSync(at('apps')).filter((app) => existsSync(at(`apps/${app}/src/config.ts`)));
  expect(OURS.map(({ app }) => app).toSorted()).toEqual(apps.toSorted());
  for (const app of apps) expect(compose.services).toHaveProperty(app);
});

test('what nothing uses yet starts only when asked for, everything else always', () => {
  const asked = services.filter(([, { profiles }]) => profiles !== undefined);
  expect(asked.map(([name]) => name).toSorted()).toEqual(['clickhouse', 'kafka', 'qdrant']);
  for (const [name, { profiles }] of asked) expect(profiles, name).toEqual(['stores']);
});

test('no password has a default: it is in a file, or the store that misses it says which', () => {
  for (const [name, { environment = {}, entrypoint, command }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      if (!/(PASSWORD|API_KEY)(_FILE)?$/.test(variable)) continue;
      if (variable.endsWith('_FILE')) {
        expect(value, `${name} ${variable}`).toMatch(/^\/run\/secrets\//);
        continue;
      }
      expect(value, `${name} ${variable}`).toMatch(/^\$\{[A-Z_]+-\}$/);
      expect([...(entrypoint ?? []), ...(command ?? [])].join(' ')).toMatch(
        new RegExp(`\\$\\$\\{${variable}:\\?set [A-Z_]+\\}`),
      );
    }
    for (const value of Object.values(environment)) expect(value, name).not.toMatch(/:\/\/[^/@]*:[^/@]+@/);
  }
});

test('nothing is reachable from other machines', () => {
  for (const [name, { ports = [] }] of services) for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
});

test('every image has a fixed version, memory is bounded, and all say whether they are well', () => {
  for (const [name, { image, mem_limit: memory, healthcheck }] of services) {
    expect(image, name).toMatch(/:v?\d/);
    expect(memory, name).toMatch(/^\d+[mg]$/);
    expect(healthcheck?.test?.length, name).toBeGreaterThan(1);
  }
  for (const { app } of OURS) expect(compose.services[app].image).toBe(`portolan-${app}:${version}`);
});

test('every named volume and secret is declared', () => {
  for (const [name, { volumes = [], secrets = [] }] of services) {
    for (const volume of volumes.map((one) => one.replaceAll(/\$\{[^}]*\}/g, './x').split(':')[0])) {
      if (!volume.startsWith('.')) expect(compose.volumes, name).toHaveProperty(volume);
    }
    for (const secret of secrets) expect(compose.secrets, name).toHaveProperty(secret);
  }
});

test.each(OURS)(
  '$app understands its environment, finds its files and has time to drain',
  ({ app, schema, prefix }) => {
    const { environment, stop_grace_period: grace, secrets, volumes, read_only: readOnly } = compose.services[app];
    const { LOG_LEVEL: _, ...fixed } = environment;
    const known = new Set(readEnv(schema).map(({ name }) => name));
    expect(Object.keys(fixed).filter((name) => !known.has(name))).toEqual([]);
    const parsed = schema.parse({ ...fixed, CONTROL_PLANE_PUBLIC_URL: 'http://127.0.0.1:1' });
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(
      parsed[`${prefix}_DRAIN_DELAY_MS`] + parsed[`${prefix}_DRAIN_GRACE_MS`],
    );
    expect(readOnly).toBe(true);
    const mounts = [
      ...secrets.map((name) => `/run/secrets/${name}`),
      ...volumes.map((one) => one.split(':').at(one.endsWith(':ro') ? -2 : -1)),
    ];
    for (const [name, path] of Object.entries(fixed).filter(([variable]) => /_(FILE|DIR)$/.test(variable)))
      expect(
        mounts.some((mount) => path === mount || path.startsWith(`${mount}/`)),
        name,
      ).toBe(true);
  },
);

test('each service is called where it listens', () => {
  const { vault, 'control-plane': controlPlane, gateway } = compose.services;
  const { VAULT_PORT: vaultPort } = vaultEnv.parse({ ...vault.environment, LOG_LEVEL: 'info' });
  const listening = controlPlaneEnv.parse({
    ...controlPlane.environment,
    CONTROL_PLANE_PUBLIC_URL: 'http://x',
    LOG_LEVEL: 'info',
  });
  expect(gateway.environment).toMatchObject({
    GATEWAY_VAULT_TARGET: `dns:///vault:${vaultPort}`,
    GATEWAY_CONTROL_PLANE_TARGET: `dns:///control-plane:${listening.CONTROL_PLANE_RPC_PORT}`,
    GATEWAY_MANAGEMENT_URL: `http://control-plane:${listening.CONTROL_PLANE_PORT}`,
  });
  expect(controlPlane.environment.CONTROL_PLANE_VAULT_TARGET).toBe(`dns:///vault:${vaultPort}`);
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!hasOpenssl)(
  'the script makes every file that is mounted, once, for its owner only (skipped without openssl)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-secrets-'));
    const run = () => execFileSync('sh', [fileURLToPath(at('tools/container/make-secrets.sh')), folder]);
    try {
      run();
      const files = Object.values(compose.secrets).map(({ file }) => join(folder, file.replace(/^.*\}\//, '')));
      const texts = files.map((file) => readFileSync(file, 'utf8'));
      for (const file of files) expect(statSync(file).mode & 0o777, file).toBe(0o600);
      run();
      expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(texts);
      for (const app of [...OURS.map((service) => service.app), 'operator']) {
        const certificate = new X509Certificate(readFileSync(join(folder, 'tls', app, 'tls.crt')));
        expect(certificate.subjectAltName).toBe(`DNS:${app}`);
        const authority = new X509Certificate(readFileSync(join(folder, 'tls', app, 'ca.crt')));
        expect(certificate.verify(authority.publicKey)).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

const dockerfile = read('Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const instructions = (name) =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

test('the image runs as a numbered user that is not root, for any app, without a health command', () => {
  const [user] = instructions('USER').at(-1).split(':');
  expect(Number(user)).toBeGreaterThan(0);
  expect(instructions('ARG')).toContain('APP=gateway');
  expect(instructions('HEALTHCHECK')).toEqual([]);
  expect(JSON.parse(instructions('ENTRYPOINT')[0])).toEqual(['node', '--enable-source-maps', 'main.mjs']);
});

test('all that the image copies exists and is let through by the ignore file', () => {
  const letThrough = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const sources = instructions('COPY')
    .filter((line) => !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(0, -1))
    .map((source) => source.replace('./', ''));
  expect(sources).not.toEqual([]);
  for (const source of sources) {
    expect(existsSync(at(source)), source).toBe(true);
    expect(letThrough).toContain(source);
  }
});
