import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@portolan/testing';
import { inject } from 'vitest';
import type { Json } from './json.ts';
import { logRows } from './log-rows.ts';
import { type RunningPlatform, runPlatform } from './run-platform.ts';
import { areServersGiven, openStores } from './stores.ts';

/** The whole platform, started as a user starts it, with nothing in it but its first keys. */
export interface Platform extends RunningPlatform {
  readonly dataDir: string;
  /** Log rows that belong to a trace, once there are as many as expected. */
  logRows(traceId: string, count: number): Promise<readonly Json[]>;
  /** Starts it again over the same data, after `kill` or `halt`. */
  again(): Promise<Platform>;
  /** Stops it; its data stays. */
  halt(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/**
 * Embedded databases come from a data directory that was started once before: making them anew takes seconds for each file.
 * Servers, where there are some, get new databases.
 */
export async function startPlatform(): Promise<Platform> {
  const data = await tempDir();
  if (!areServersGiven) await cp(inject('startedOnce'), data.path, { recursive: true });
  const stores = await openStores();
  const start = async (): Promise<Platform> => {
    const running = await runPlatform(data.path, stores.env);
    return {
      ...running,
      dataDir: data.path,
      logRows: (traceId, count) => logRows(join(data.path, 'logs'), traceId, count),
      again: start,
      halt: running.stop,
      async stop() {
        await running.stop();
        await stores.remove();
        await data.remove();
      },
    };
  };
  return start();
}
