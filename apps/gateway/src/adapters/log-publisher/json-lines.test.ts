import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, createLogger } from '@portolan/service-kit';
import { type TempDir, tempDir } from '@portolan/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { jsonLinesPublisher } from './json-lines.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

const MIB = 1024 * 1024;
const BIG = 'b'.repeat(MIB);
/** More than fit into what is left of the queue. */
const SMALL = 20_000;

const record = (id: string, rest: Partial<LogRecord> = {}): LogRecord => ({
  id,
  createdAt: '2026-01-31T12:00:00.000Z',
  traceId: 't',
  spanId: 's',
  spanName: 'llm',
  parentSpanId: null,
  internalTraceId: 'i',
  organizationId: null,
  promptId: null,
  promptVersionId: null,
  promptSlug: null,
  workspaceId: null,
  userId: null,
  apiKeyId: 'k',
  config: null,
  configVersion: null,
  endpoint: 'chatComplete',
  requestMethod: 'POST',
  requestUrl: '/v1/chat/completions',
  provider: 'openai',
  virtualKey: null,
  model: 'gpt-4o-mini',
  lastUsedOptionIndex: 'config',
  stream: false,
  status: 200,
  isSuccess: true,
  outcome: 'complete',
  errorType: null,
  errorMessage: null,
  finishReason: 'stop',
  attempts: [],
  retryCount: 0,
  usage: null,
  costNanoUsd: null,
  costStatus: 'unknown',
  responseTimeMs: 1,
  timeToFirstTokenMs: null,
  timeToLastTokenMs: null,
  cacheStatus: 'DISABLED',
  metadata: {},
  notices: [],
  sdkVersion: null,
  runtime: null,
  runtimeVersion: null,
  requestBody: null,
  sentBody: null,
  responseBody: null,
  bodiesDropped: false,
  ...rest,
});

const clockAt = (iso: string): Clock => ({ wallMs: () => Date.parse(iso), monotonicMs: () => 0 });
const today = clockAt('2026-01-31T23:59:59Z');

const silentLog = () => {
  const log = createLogger('test', 'silent');
  return { log, errors: vi.spyOn(log, 'error') };
};

const written = async (name = 'log-2026-01-31.jsonl'): Promise<LogRecord[]> => {
  const text = await readFile(join(dir.path, name), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogRecord);
};

describe('log records as JSON lines', () => {
  it('come in order, one a line, in the file of their day', async () => {
    const logs = jsonLinesPublisher(dir.path, today, silentLog().log);
    const ids = Array.from({ length: 1_000 }, (_, at) => `id-${at}`);
    for (const id of ids) logs.publish(record(id, { responseBody: 'two\nlines' }));
    await logs.flush();
    expect((await written()).map(({ id }) => id)).toEqual(ids);
    expect(await readdir(dir.path)).toEqual(['log-2026-01-31.jsonl']);
    await logs.close();
  });

  it('are for the owner of the folder only, bodies stand in them', async () => {
    const folder = join(dir.path, 'made');
    const logs = jsonLinesPublisher(folder, today, silentLog().log);
    logs.publish(record('secret'));
    await logs.close();
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'log-2026-01-31.jsonl'))).mode & 0o077).toBe(0);
  });

  it('are on disk when close resolves, without waiting for the timer', async () => {
    const logs = jsonLinesPublisher(dir.path, today, silentLog().log);
    logs.publish(record('last words'));
    await logs.close();
    expect(await written()).toHaveLength(1);
  });

  it('that come while others are being written are not lost', async () => {
    const logs = jsonLinesPublisher(dir.path, today, silentLog().log);
    logs.publish(record('first'));
    const flushed = logs.flush();
    logs.publish(record('second'));
    await flushed;
    logs.publish(record('third'));
    await logs.close();
    expect((await written()).map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  });

  it('are readable by their owner only', async () => {
    const logs = jsonLinesPublisher(dir.path, today, silentLog().log);
    logs.publish(record('a'));
    await logs.close();
    expect((await stat(join(dir.path, 'log-2026-01-31.jsonl'))).mode & 0o077).toBe(0);
  });
});

describe('when the disk does not keep up', () => {
  it('bodies are given up first, then whole records, and memory stays bounded', async () => {
    const { log, errors } = silentLog();
    const logs = jsonLinesPublisher(dir.path, today, log);
    const bodies = { requestBody: BIG, sentBody: BIG, responseBody: BIG };
    for (let at = 0; at < 20; at++) logs.publish(record(`big-${at}`, bodies));
    for (let at = 0; at < SMALL; at++) logs.publish(record(`small-${at}`));
    expect(errors).toHaveBeenCalledWith({ lost: 1 }, expect.any(String));
    await logs.close();

    const lines = (await readFile(join(dir.path, 'log-2026-01-31.jsonl'), 'utf8')).trimEnd().split('\n');
    const withBodies = lines.filter((line) => line.length > MIB);
    const without = lines.filter((line) => line.length < MIB && line.includes('"bodiesDropped":true'));
    expect(withBodies.length).toBeGreaterThan(0);
    expect(withBodies.length * 3).toBeLessThanOrEqual(64);
    // Every big record survived, the later ones without their bodies; what was lost came last.
    expect(lines.filter((line) => line.includes('"id":"big-'))).toHaveLength(20);
    expect(lines.length).toBeLessThan(20 + SMALL);
    expect(JSON.parse(without[0] ?? 'null')).toEqual(record(`big-${withBodies.length}`, { bodiesDropped: true }));
    expect(JSON.parse(lines.at(-1) ?? 'null')).toMatchObject({ provider: 'openai', status: 200 });
  }, 20_000);

  it('there is room again once the queue is written', async () => {
    const logs = jsonLinesPublisher(dir.path, today, silentLog().log);
    for (let at = 0; at < 15; at++)
      logs.publish(record(`a-${at}`, { requestBody: BIG, sentBody: BIG, responseBody: BIG }));
    await logs.flush();
    logs.publish(record('later', { requestBody: 'kept' }));
    await logs.close();
    expect((await written()).at(-1)).toMatchObject({ id: 'later', requestBody: 'kept', bodiesDropped: false });
  });
});

describe('a disk that fails', () => {
  it('is counted and told, never thrown, and writing goes on when it is back', async () => {
    const { log, errors } = silentLog();
    const folder = join(dir.path, 'logs');
    const logs = jsonLinesPublisher(folder, today, log);
    await rm(folder, { recursive: true });
    for (let at = 0; at < 3; at++) expect(() => logs.publish(record(`lost-${at}`))).not.toThrow();
    await expect(logs.flush()).resolves.toBeUndefined();
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ lost: 3 }), expect.any(String));
    await mkdir(folder);
    logs.publish(record('kept'));
    await logs.close();
    expect((await written('logs/log-2026-01-31.jsonl')).map(({ id }) => id)).toEqual(['kept']);
  });

  it('does not keep the gateway from closing', async () => {
    const { log, errors } = silentLog();
    const folder = join(dir.path, 'logs');
    const logs = jsonLinesPublisher(folder, today, log);
    await rm(folder, { recursive: true });
    logs.publish(record('lost'));
    await expect(logs.close()).resolves.toBeUndefined();
    expect(errors).toHaveBeenCalledTimes(1);
  });
});
