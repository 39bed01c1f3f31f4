import { setTimeout as pause } from 'node:timers/promises';
import type { AuditSink } from '../ports/audit-sink.ts';

export interface GroupCommitLimits {
  /** Lines that are written in one go. */
  readonly batchMax: number;
  /**
   * How long to wait for more lines before each write, ms: for a sink whose every write is dear, beside another that is quick.
   */
  readonly lingerMs: number;
  /** Lines that wait; the next one is refused at once. */
  readonly queueMax: number;
  /** A line that is not durable by then counts as not written, ms. */
  readonly timeoutMs: number;
}

export const GROUP_COMMIT_LIMITS: GroupCommitLimits = {
  batchMax: 500,
  lingerMs: 0,
  queueMax: 10_000,
  timeoutMs: 2_000,
};

/** A line that is not known to be durable. */
export class NotDurable extends Error {
  override readonly name = 'NotDurable';
}

export interface GroupCommit {
  readonly name: string;
  /** Resolves when the line is durable. @throws NotDurable, or what the sink threw */
  add(line: string): Promise<void>;
  /** Writes what waits and closes the sink. */
  close(): Promise<void>;
}

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Lines that come while others are being written wait and go together: one flush of the disk for all of them. */
export const groupCommit = (sink: AuditSink, limits: GroupCommitLimits = GROUP_COMMIT_LIMITS): GroupCommit => {
  const queue: Waiting[] = [];
  let writing: Promise<void> | undefined;
  const closing = new AbortController();

  const linger = async (): Promise<void> => {
    if (limits.lingerMs === 0 || queue.length >= limits.batchMax) return;
    // It rejects when the sink is being closed, and then there is nothing more to wait for.
    await pause(limits.lingerMs, undefined, { signal: closing.signal }).catch(() => undefined);
  };

  const writeAll = async (): Promise<void> => {
    while (queue.length > 0) {
      await linger();
      const batch = queue.splice(0, limits.batchMax);
      try {
        await sink.write(batch.map(({ line }) => line));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
  };

  const start = (): void => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (queue.length > 0) start();
    });
  };

  return {
    name: sink.name,
    add: (line) =>
      new Promise((resolve, reject) => {
        if (queue.length >= limits.queueMax) return reject(new NotDurable('Too many lines wait.'));
        const timer = setTimeout(() => reject(new NotDurable('The sink takes too long.')), limits.timeoutMs);
        const settle = (): void => clearTimeout(timer);
        queue.push({
          line,
          resolve: () => {
            settle();
            resolve();
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        });
        start();
      }),
    close: async () => {
      closing.abort();
      await writing;
      await sink.close();
    },
  };
};
