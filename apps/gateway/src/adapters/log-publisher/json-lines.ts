import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '@portolan/service-kit';
import type { LogRecord } from '../../log-record.ts';
import type { LogPublisher } from '../../ports/log-publisher.ts';

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const FLUSH_MS = 100;
/** Written in one go at most: a slice of work that does not hold up calls for long. */
const BATCH = 64;

/**
 * Log records as JSON lines, one file a day, `log-2026-01-31.jsonl`. A call only leaves its record in a queue;
 * writing happens a little later. When the disk cannot follow, bodies are given up first, then whole records, counted.
 */
export const jsonLinesPublisher = (folder: string, clock: Clock, log: Logger): LogPublisher => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const queue: LogRecord[] = [];
  let queuedBytes = 0;
  let lost = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let current: { day: string; file: FileHandle } | undefined;

  /** The file of the day; yesterday's is closed when today's begins. */
  const dayFile = async (): Promise<FileHandle> => {
    const day = new Date(clock.wallMs()).toISOString().slice(0, 10);
    if (current?.day !== day) {
      await current?.file.close();
      current = undefined;
      current = { day, file: await open(join(folder, `log-${day}.jsonl`), 'a', 0o600) };
    }
    return current.file;
  };
  const writeAll = async () => {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH);
      const text = batch.map((record) => `${JSON.stringify(record)}\n`).join('');
      try {
        const file = await dayFile();
        await file.appendFile(text);
      } catch (error) {
        lost += batch.length;
        log.error({ err: error, lost }, 'log records could not be written');
      }
      for (const record of batch) queuedBytes -= sizeOf(record);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  return {
    publish(record) {
      const kept = queuedBytes > MAX_QUEUED_BYTES / 2 ? withoutBodies(record) : record;
      if (queuedBytes > MAX_QUEUED_BYTES) {
        lost += 1;
        if (lost % 1_000 === 1) log.error({ lost }, 'log records are lost: the disk does not keep up');
        return;
      }
      queuedBytes += sizeOf(kept);
      queue.push(kept);
      timer ??= setTimeout(() => void flush(), FLUSH_MS);
    },
    async flush() {
      do await flush();
      while (queue.length > 0);
    },
    async close() {
      do await flush();
      while (queue.length > 0);
      await current?.file.close();
      current = undefined;
    },
  };
};

const withoutBodies = (record: LogRecord): LogRecord => ({
  ...record,
  requestBody: null,
  sentBody: null,
  responseBody: null,
  bodiesDropped: true,
});

/** Roughly what a record occupies: its bodies and a little. */
const sizeOf = (record: LogRecord): number =>
  2_048 + (record.requestBody?.length ?? 0) + (record.sentBody?.length ?? 0) + (record.responseBody?.length ?? 0);
