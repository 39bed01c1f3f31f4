import { fileURLToPath } from 'node:url';
import { DataDirLocked, InvalidEnvironment } from '@portolan/service-kit';
import { UnusableKeyFile } from './api-key.ts';
import { banner } from './banner.ts';
import { AddressUnusable } from './free-port.ts';
import { GatewayNotStarted } from './gateway-process.ts';
import { renderHelp } from './help.mjs';
import { asksForHelp, readOptions, UnknownArgument } from './options.ts';
import { startPlatform } from './platform.ts';
import { stopWish } from './stop-wish.ts';

/** Where the build puts the gateway, seen from the bundle of this file. */
const GATEWAY_ENTRY = fileURLToPath(new URL('../../gateway/dist/main.mjs', import.meta.url));
const EXPECTED = [
  InvalidEnvironment,
  UnknownArgument,
  DataDirLocked,
  AddressUnusable,
  UnusableKeyFile,
  GatewayNotStarted,
];

const say = (sentence: string) => void process.stdout.write(`${sentence}\n`);

const run = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return void process.stdout.write(renderHelp());

  const platform = await startPlatform({
    ...readOptions(args, process.env),
    gatewayEntry: GATEWAY_ENTRY,
    env: process.env,
    say,
    onGatewayErrorText: (text) => void process.stderr.write(text),
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

  process.stdout.write(banner({ apiUrl: platform.apiUrl, apiKey: platform.apiKey, model: 'rehearsal' }));
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
