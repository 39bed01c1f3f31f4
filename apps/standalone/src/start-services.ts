import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlatformSettings } from './environments.ts';
import { startService } from './service-process.ts';
import { SERVICES, type Service } from './services.ts';
import { type Supervised, supervise } from './supervise.ts';

/** Long enough to make both databases on a slow machine. */
const READY_TIMEOUT_MS = 60_000;

export interface StartServices {
  /** Folder with one folder for each app, each with its bundle. */
  readonly appsDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: PlatformSettings;
  /** A sentence for the person at the terminal. */
  say(sentence: string): void;
  /** What the services write to stderr, as it comes. */
  onErrorText(text: string): void;
}

export interface RunningServices {
  /** Resolves when none is watched any more, or as soon as one kept ending. */
  readonly finished: Promise<'stopped' | 'gave-up'>;
  /** One by one from the last to the first, each within its time. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

const over = (running: readonly Supervised[]): RunningServices => ({
  finished: new Promise((resolve) => {
    for (const { finished } of running) {
      void finished.then((how) => {
        if (how === 'gave-up') resolve(how);
      });
    }
    void Promise.all(running.map(({ finished }) => finished)).then(() => resolve('stopped'));
  }),
  async stop(graceMs) {
    for (const service of running.toReversed()) await service.stop(graceMs);
  },
  kill() {
    for (const service of running) service.kill();
  },
});

/**
 * Starts every service and watches over them.
 * @throws ServiceNotStarted  when one does not start; then none is left running
 */
export const startServices = async (options: StartServices): Promise<RunningServices> => {
  const { appsDir, env, settings, say, onErrorText } = options;
  const starting = new AbortController();
  const begin = ({ app, name, environment }: Service): Promise<Supervised> =>
    supervise({
      name,
      start: () =>
        startService({
          name,
          entry: join(appsDir, app, 'dist', 'main.mjs'),
          env: environment(env, settings),
          readyTimeoutMs: READY_TIMEOUT_MS,
          signal: starting.signal,
          onErrorText,
        }),
      say,
      now: () => performance.now(),
      pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    });
  const begun: Promise<Supervised>[] = [];
  try {
    for (const together of SERVICES) {
      begun.push(...together.map(begin));
      await Promise.all(begun);
    }
    return over(await Promise.all(begun));
  } catch (error) {
    starting.abort();
    const outcomes = await Promise.allSettled(begun);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop(0);
    throw error;
  }
};
