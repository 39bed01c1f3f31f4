import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { gatewayEnv } from '../../apps/gateway/src/config.ts';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path), 'utf8');
const { version } = JSON.parse(read('package.json'));

const compose = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);
const stores = services.filter(([name]) => name !== 'gateway');

test('the stores start only when asked for, the gateway always', () => {
  expect(stores.map(([name]) => name).toSorted()).toEqual(['clickhouse', 'kafka', 'postgres', 'qdrant', 'redis']);
  for (const [name, { profiles }] of stores) expect(profiles, name).toEqual(['stores']);
  expect(compose.services.gateway.profiles).toBeUndefined();
});

test('no password has a default, and a store that misses one says which', () => {
  for (const [name, { environment, entrypoint, command }] of stores) {
    for (const [variable, value] of Object.entries(environment)) {
      if (!/PASSWORD|API_KEY/.test(variable)) continue;
      expect(value, `${name} ${variable}`).toMatch(/^\$\{[A-Z_]+-\}$/);
      expect([...(entrypoint ?? []), ...(command ?? [])].join(' ')).toMatch(
        new RegExp(`\\$\\$\\{${variable}:\\?set [A-Z_]+\\}`),
      );
    }
  }
  expect(compose.secrets['api-keys'].file).toMatch(/^\$\{PORTOLAN_API_KEYS_FILE:\?/);
});

test('nothing is reachable from other machines', () => {
  for (const [name, { ports }] of services) for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
});

test('every image has a fixed version, memory is bounded, and all say whether they are well', () => {
  for (const [name, { image, mem_limit: memory, healthcheck }] of services) {
    expect(image, name).toMatch(/:v?\d/);
    expect(memory, name).toMatch(/^\d+[mg]$/);
    expect(healthcheck?.test?.length, name).toBeGreaterThan(1);
  }
  expect(compose.services.gateway.image).toBe(`portolan-gateway:${version}`);
});

test('every named volume and secret is declared', () => {
  for (const [name, { volumes, secrets = [] }] of services) {
    for (const volume of volumes.map((one) => one.replaceAll(/\$\{[^}]*\}/g, './x').split(':')[0])) {
      if (!volume.startsWith('.')) expect(compose.volumes, name).toHaveProperty(volume);
    }
    for (const secret of secrets) expect(compose.secrets, name).toHaveProperty(secret);
  }
});

test('the gateway understands its environment and has time to drain', () => {
  const { environment, stop_grace_period: grace } = compose.services.gateway;
  const { LOG_LEVEL: _, ...fixed } = environment;
  expect(Object.keys(fixed).filter((name) => !(name in gatewayEnv.shape))).toEqual([]);
  const parsed = gatewayEnv.parse(fixed);
  expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(
    parsed.GATEWAY_DRAIN_DELAY_MS + parsed.GATEWAY_DRAIN_GRACE_MS,
  );
});

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
