import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayNotStarted, startGateway } from './gateway-process.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-gateway-'));
});
afterEach(() => rm(dir, { recursive: true }));

const READY = `process.send({ type: 'other' }); process.send({ type: 'ready', url: 'http://127.0.0.1:' + process.env.GATEWAY_PORT });`;

const startScript = async (script: string, readyTimeoutMs = 30_000) => {
  const entry = join(dir, 'main.mjs');
  await writeFile(entry, script);
  const errorTexts: string[] = [];
  const started = startGateway({
    entry,
    env: { GATEWAY_PORT: '4711' },
    readyTimeoutMs,
    onErrorText: (text) => errorTexts.push(text),
  });
  return { started, errorTexts };
};

test('it is started once it says where it listens', async () => {
  const { started } = await startScript(
    `process.on('SIGTERM', () => process.exit(0)); ${READY} setInterval(() => {}, 1e6);`,
  );
  const gateway = await started;
  expect(gateway.url).toBe('http://127.0.0.1:4711');
  await gateway.stop(30_000);
  expect(await gateway.ended).toBe('exit code 0');
});

test('one that does not end in its grace is killed', async () => {
  const { started } = await startScript(`process.on('SIGTERM', () => {}); ${READY} setInterval(() => {}, 1e6);`);
  const gateway = await started;
  await gateway.stop(1);
  expect(await gateway.ended).toBe('signal SIGKILL');
});

test('its own words on why it does not start are passed on, and nothing is added', async () => {
  const { started, errorTexts } = await startScript(
    `process.stderr.write('Port 4711 is taken.\\n', () => process.exit(1));`,
  );
  await expect(started).rejects.toThrow(GatewayNotStarted);
  await expect(started).rejects.toHaveProperty('message', '');
  expect(errorTexts.join('')).toBe('Port 4711 is taken.\n');
});

test('one that ends without a word gets a sentence', async () => {
  const { started } = await startScript('process.exit(3);');
  await expect(started).rejects.toThrow('exit code 3');
});

test('one that never gets ready is ended', async () => {
  const { started } = await startScript('setInterval(() => {}, 1e6);', 1);
  await expect(started).rejects.toThrow('not ready');
});

test('a gateway that was not built is named', async () => {
  const started = startGateway({
    entry: join(dir, 'absent.mjs'),
    env: {},
    readyTimeoutMs: 1_000,
    onErrorText: () => undefined,
  });
  await expect(started).rejects.toThrow('absent.mjs is missing');
});

test.runIf(process.platform === 'linux')(
  'it leads a process group of its own, out of reach of Ctrl-C in our terminal',
  async () => {
    const { started } = await startScript(
      `import { readFileSync } from 'node:fs'; const [, group] = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(1);
     process.send({ type: 'ready', url: 'http://group/' + (Number(group) === process.pid) }); setInterval(() => {}, 1e6);`,
    );
    const gateway = await started;
    gateway.kill();
    expect(gateway.url).toBe('http://group/true');
  },
);
