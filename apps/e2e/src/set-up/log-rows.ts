import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '@portolan/testing';
import type { Json } from './json.ts';

/** Log rows that belong to a trace, once there are as many as expected. */
export async function logRows(folder: string, traceId: string, count: number): Promise<readonly Json[]> {
  return until(
    async () => {
      const rows = (await readRows(folder)).filter((row) => JSON.stringify(row).includes(traceId));
      return rows.length >= count ? rows : undefined;
    },
    { timeoutMs: 10_000, what: `${count} log rows of trace ${traceId}` },
  );
}

async function readRows(folder: string): Promise<Json[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
}
