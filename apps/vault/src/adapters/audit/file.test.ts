import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@portolan/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditSink } from '../../ports/audit-sink.ts';
import { fileAuditSink } from './file.ts';

let directory: string;
let remove: () => Promise<void>;
let sink: AuditSink;
let path: string;
beforeEach(async () => {
  ({ path: directory, remove } = await tempDir());
  path = join(directory, 'deeper', 'audit.jsonl');
  sink = fileAuditSink(path);
});
afterEach(async () => {
  await sink.close();
  await remove();
});

const linesOf = async (file: string): Promise<readonly string[]> => (await readFile(file, 'utf8')).split('\n');

test('lines are added in their order to a file that nobody else may read', async () => {
  await sink.write(['{"a":1}', '{"a":2}']);
  await sink.write(['{"a":3}']);
  expect(await linesOf(path)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}', '']);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test('a file that was moved away is begun anew, and the moved one is whole', async () => {
  await sink.write(['{"a":1}']);
  await rename(path, `${path}.1`);
  await sink.write(['{"a":2}']);
  expect(await linesOf(`${path}.1`)).toEqual(['{"a":1}', '']);
  expect(await linesOf(path)).toEqual(['{"a":2}', '']);
});

test('a line that was cut by a crash does not swallow the next one', async () => {
  await sink.write(['{"a":1}']);
  await sink.close();
  await appendFile(path, '{"cut":');
  sink = fileAuditSink(path);
  await sink.write(['{"a":2}']);
  expect((await linesOf(path)).filter((line) => line.endsWith('}'))).toEqual(['{"a":1}', '{"a":2}']);
});

test('a place that cannot be written to is a failure, and is written to once it can be', async () => {
  await mkdir(path, { recursive: true });
  await expect(sink.write(['{"a":1}'])).rejects.toThrow();
  await rm(path, { recursive: true });
  await sink.write(['{"a":2}']);
  expect((await linesOf(path)).filter((line) => line !== '')).toEqual(['{"a":2}']);
});
