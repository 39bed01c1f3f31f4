import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceNotStarted, startService } from './service-process.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-service-'));
});
afterEach(() => rm(dir, { recursive: true }));

const READY = `process.send({ type: 'other' }); process.send({ type: 'ready' });`;

const startScript = async (script: string, readyTimeoutMs = 30_000, signal = new AbortController().signal) => {
  const entry = join(dir, 'main.mjs');
  await writeFile(entry, script);
  const errorTexts: string[] = [];
  const started = startService({
    name: 'lighthouse',
    entry,
    env: {},
    readyTimeoutMs,
    signal,
    onErrorText: (text) => errorTexts.push(text),
  });
  return { started, errorTexts };
};

test('it is started once it says that it is ready', async () => {
  const { started } = await startScript(
    `process.on('SIGTERM', () => process.exit(0)); ${READY} setInterval(() => {}, 1e6);`,
  );
  const service = await started;
  await service.stop(30_000);
  expect(await service.ended).toBe('exit code 0');
});

test('one that does not end in its grace is killed', async () => {
  const { started } = await startScript(`process.on('SIGTERM', () => {}); ${READY} setInterval(() => {}, 1e6);`);
  const service = await started;
  await service.stop(1);
  expect(await service.ended).toBe('signal SIGKILL');
});

test('its own words on why it does not start are passed on, and nothing is added', async () => {
  const { started, errorTexts } = await startScript(
    `process.stderr.write('Port 4711 is taken.\\n', () => process.exit(1));`,
  );
  await expect(started).rejects.toThrow(ServiceNotStarted);
  await expect(started).rejects.toHaveProperty('message', '');
  expect(errorTexts.join('')).toBe('Port 4711 is taken.\n');
});

test('one that ends without a word gets a sentence', async () => {
  const { started } = await startScript('process.exit(3);');
  await expect(started).rejects.toThrow('The lighthouse ended before it was ready: exit code 3.');
});

test('one that never gets ready is ended', async () => {
  const { started } = await startScript('setInterval(() => {}, 1e6);', 1);
  await expect(started).rejects.toThrow('not ready');
});

test('one that nobody waits for any more is ended', async () => {
  const waiting = new AbortController();
  const { started } = await startScript('setInterval(() => {}, 1e6);', 30_000, waiting.signal);
  waiting.abort();
  await expect(started).rejects.toThrow(ServiceNotStarted);
});

test('a service that was not built is named', async () => {
  const started = startService({
    name: 'lighthouse',
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
     if (Number(group) === process.pid) process.send({ type: 'ready' }); else process.exit(3); setInterval(() => {}, 1e6);`,
    );
    const service = await started;
    service.kill();
    expect(await service.ended).toBe('signal SIGKILL');
  },
);
