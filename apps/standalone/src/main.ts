import { fileURLToPath } from 'node:url';
import { DataDirLocked, InvalidEnvironment } from '@portolan/service-kit';
import { UnusableKeyFile } from './api-key.ts';
import { banner } from './banner.ts';
import { AddressUnusable } from './free-port.ts';
import { renderHelp } from './help.mjs';
import { asksForHelp, readOptions, UnknownArgument } from './options.ts';
import { startPlatform } from './platform.ts';
import { ServiceNotStarted } from './service-process.ts';
import { stopWish } from './stop-wish.ts';
import { NotInTime } from './wait-until.ts';

/** Where the build puts the services, seen from the bundle of this file. */
const APPS_DIR = fileURLToPath(new URL('../../', import.meta.url));
const EXPECTED = [
  InvalidEnvironment,
  UnknownArgument,
  DataDirLocked,
  AddressUnusable,
  UnusableKeyFile,
  ServiceNotStarted,
  NotInTime,
];

const say = (sentence: string) => void process.stdout.write(`${sentence}\n`);

const run = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return void process.stdout.write(renderHelp());

  const platform = await startPlatform({
    ...readOptions(args, process.env),
    appsDir: APPS_DIR,
    env: process.env,
    say,
    onErrorText: (text) => void process.stderr.write(text),
  });

  let firstSignalAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    const wish = stopWish(firstSignalAt === undefined ? undefined : now - firstSignalAt);
    firstSignalAt ??= now;
    if (wish === 'end-now') platform.kill();
    if (wish !== 'drain') return;
    say('\nStopping; calls in flight may finish. Once more ends them now.');
    void platform.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);

  process.stdout.write(banner({ ...platform, model: 'rehearsal' }));
  const how = await platform.finished;
  await platform.stop();
  process.exit(how === 'stopped' ? 0 : 1);
};

try {
  await run();
} catch (error) {
  const expected = EXPECTED.some((type) => error instanceof type) && error instanceof Error;
  if (!expected) throw error;
  if (error.message !== '') process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
