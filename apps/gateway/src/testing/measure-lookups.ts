/**
 * What look-ups cost on the way of a call, and changes beside it. Printed in microseconds of the processor:
 * `npx esbuild apps/gateway/src/testing/measure-lookups.ts --bundle --platform=node --format=esm --banner:js="import{createRequire}from'node:module';const require=createRequire(import.meta.url)" --outfile=apps/gateway/dist/measure.mjs && node --expose-gc apps/gateway/dist/measure.mjs`
 */
import { randomBytes } from 'node:crypto';
import { createApiKey } from '@portolan/api-key';
import { Entity, Pepper, VirtualKeyStatus, WatchSnapshotResponse } from '@portolan/proto';
import { providerRegistry } from '@portolan/providers';
import { createLogger, systemClock } from '@portolan/service-kit';
import { platformApiKeys } from '../adapters/platform/api-keys.ts';
import { holdPeppers } from '../adapters/platform/peppers.ts';
import { createUnderstanding } from '../adapters/platform/understand.ts';
import { createConfigReader } from '../config-reader.ts';
import { createCredentialCache } from '../credentials/cache.ts';
import { createSnapshotBook } from '../snapshot/book.ts';
import { createCatchUp } from '../snapshot/catch-up.ts';
import type { Kind } from './control-plane-stand-in.ts';
import { apiKey, config, organization, virtualKey, workspace } from './platform-entities.ts';

const KEYS = 100_000;
const ROUNDS = 200_000;

const print = (what: string, microseconds: number): void =>
  void process.stdout.write(`${what.padEnd(58)}${microseconds.toFixed(3).padStart(12)} µs\n`);

/** Time that the processor spent on this program: another program beside it does not count. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** With `node --expose-gc`; without it, a rough figure. */
const heapUsed = (): number => {
  globalThis.gc?.();
  const { heapUsed: heap, external } = process.memoryUsage();
  return heap + external;
};

const each = (what: string, rounds: number, work: () => unknown): void => {
  for (let warm = 0; warm < rounds / 10; warm += 1) work();
  const startedAt = cpuMicroseconds();
  for (let round = 0; round < rounds; round += 1) work();
  print(what, (cpuMicroseconds() - startedAt) / rounds);
};

const log = createLogger('measure', 'silent');
const clock = systemClock;
const pepper = Pepper.create({ id: 'p', value: randomBytes(32) });
const key = createApiKey();

const book = createSnapshotBook(log);
const part = (revision: number, kinds: readonly Kind[], isFull = false): WatchSnapshotResponse =>
  WatchSnapshotResponse.create({
    revision,
    isFull,
    isLastPart: true,
    entities: kinds.map((kind) => Entity.create({ kind })),
  });

const many = Array.from({ length: KEYS }, (_, at) => apiKey(`pk-measured-${at}`, pepper, { id: `k-${at}` }));
const first = part(
  1,
  [
    organization(),
    workspace(),
    apiKey(key, pepper),
    config('pc-a', 1, { virtual_key: 'one' }),
    virtualKey('one'),
    ...many,
  ],
  true,
);
// As it comes over the wire: nothing of it is shared with what this program holds already.
const wire = WatchSnapshotResponse.encode(first).finish();
const heapBefore = heapUsed();
const received = WatchSnapshotResponse.decode(wire);
const startedAt = cpuMicroseconds();
book.receive(received);
print(`a full revision of ${KEYS} keys`, cpuMicroseconds() - startedAt);

process.stdout.write(`one key in memory: ${Math.round((heapUsed() - heapBefore) / KEYS)} bytes\n`);

const { find } = platformApiKeys({
  view: book.view,
  catchUp: createCatchUp(book, async () => 1, clock.monotonicMs),
  understand: createUnderstanding(
    createConfigReader(providerRegistry([]), (host) => host),
    () => undefined,
  ),
  tokens: { find: () => Promise.reject(new Error('no tokens here')) },
  clock,
  peppers: holdPeppers(
    { unary: () => Promise.reject(new Error('nobody there')) },
    { log, random: Math.random, kept: { current: pepper, previous: undefined }, onChange: () => undefined },
  ),
});
const caller = await find(key);
if (caller === undefined) throw new Error('the key is not known');

const credentials = createCredentialCache({
  clock,
  onChange: () => undefined,
  resolve: async () => ({
    credentialId: 'cred-one',
    provider: 'openai',
    settingsJson: '{"openai_organization":"o"}',
    secrets: [{ field: 'key', value: Buffer.from('sk-0123456789012345678901234567890123456789') }],
    allowedHosts: ['api.openai.com'],
    generation: 1,
    version: 1,
    freshFor: { seconds: 300, nanos: 0 },
    usableFor: { seconds: 86_400, nanos: 0 },
  }),
});
const handle = caller.workspace.virtualKey('one');
if (handle === undefined) throw new Error('the virtual key is not known');
await credentials.of(handle);

each('an API key, by its digest', ROUNDS, () => find(key));
each('a saved config', ROUNDS, () => caller.workspace.config('pc-a'));
each('a virtual key', ROUNDS, () => caller.workspace.virtualKey('one'));
each('a known credential', ROUNDS, () => credentials.of(handle));
each('… with its host looked at, its settings and its secret', ROUNDS, () => {
  const held = credentials.of(handle);
  if (held instanceof Promise) throw new Error('it is known');
  return [held.mayGoTo('https://api.openai.com/v1', false), held.settings(), held.headers(), held.key?.reveal()];
});
let revision = 1;
each(`a change beside ${KEYS} keys`, 200, () => {
  revision += 1;
  const status = VirtualKeyStatus.VIRTUAL_KEY_STATUS_ACTIVE;
  book.receive(
    part(revision, [
      apiKey(key, pepper, { generation: revision }),
      virtualKey('one', { generation: revision, status }),
    ]),
  );
});
process.exit(0);
