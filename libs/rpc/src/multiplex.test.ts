import { afterEach, expect, test } from 'vitest';
import { backoffAfter, createMultiplexer, MULTIPLEXER_DEFAULTS, type MultiplexerOptions } from './multiplex.ts';
import type { RpcServerOptions } from './server.ts';
import { createGate, failureOf, IN_TIME, untilAborted } from './testing/calls.ts';
import { ERRORS, PlatformError } from './testing/errors.ts';
import { type Behaviour, clientOf, RESOLVE, requestFor, startVault, WATCH } from './testing/vault.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const createClock = () => {
  const time = { nowMs: 0 };
  return { time, clock: { monotonicMs: () => time.nowMs, wallMs: () => time.nowMs } };
};

const start = async (
  behaviour: Behaviour,
  options: Partial<MultiplexerOptions> = {},
  server: Partial<RpcServerOptions> & { readonly port?: number; readonly token?: string } = {},
) => {
  const started = await startVault(behaviour, server);
  const transport =
    server.token === undefined ? {} : { transport: { kind: 'loopback-plaintext' as const, token: server.token } };
  const connected = clientOf(started.target, transport);
  const { time, clock } = createClock();
  let streams = 0;
  const exchange = () => {
    streams += 1;
    return connected.exchange();
  };
  const multiplexer = createMultiplexer({
    ...MULTIPLEXER_DEFAULTS,
    client: { exchange },
    idempotent: [],
    errors: ERRORS,
    clock,
    random: () => 0,
    ...options,
  });
  cleanups.push(() => started.server.stop(0));
  cleanups.push(() => connected.close());
  cleanups.push(() => multiplexer.close());
  return { ...started, multiplexer, time, streams: () => streams };
};

test('many calls share one stream, and each gets its own answer in whatever order', async () => {
  const gates = new Map(Array.from({ length: 50 }, (_, at) => [`${at}`, createGate()]));
  const { multiplexer, streams } = await start({
    resolve: async (slug) => {
      await gates.get(slug)?.promise;
      return `answer ${slug}`;
    },
  });
  const calls = [...gates.keys()].map((slug) => multiplexer.unary(RESOLVE, requestFor(slug), IN_TIME));
  for (const gate of [...gates.values()].reverse()) gate.open();
  expect((await Promise.all(calls)).map(({ provider }) => provider)).toEqual(
    [...gates.keys()].map((slug) => `answer ${slug}`),
  );
  expect(streams()).toBe(1);
  expect(multiplexer.inFlight()).toBe(0);
});

test('a call brings its caller and trace, and an error of ours comes back as it was', async () => {
  const { multiplexer } = await start({
    resolve: async (slug, { callers, trace }) => {
      throw new PlatformError('not_found', { public: `${slug} ${callers} ${trace.requestId}`, param: 'slug' });
    },
  });
  const options = { ...IN_TIME, trace: { requestId: 'r-1' } };
  expect(await failureOf(multiplexer.unary(RESOLVE, requestFor('x'), options))).toMatchObject({
    type: 'not_found',
    message: 'x gateway r-1',
    param: 'slug',
  });
});

test('a call of the stream needs the same right as a call alone', async () => {
  const { multiplexer } = await start({}, {}, { token: 'another token' });
  expect((await failureOf(multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('internal_error');
  const unlisted = await start({}, {}, { access: { [WATCH.path]: ['gateway'] } });
  expect((await failureOf(unlisted.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('internal_error');
});

test('of an unexpected error the caller learns nothing', async () => {
  const { multiplexer, unexpected } = await start({
    resolve: async () => {
      throw new Error('canary');
    },
  });
  const error = await failureOf(multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME));
  expect(error.type).toBe('internal_error');
  expect(error.message + String(error.cause)).not.toContain('canary');
  expect(String(unexpected[0])).toContain('canary');
});

test('a deadline ends one call and its work, and leaves the others alone', async () => {
  const ended = createGate();
  const { multiplexer, streams } = await start({
    resolve: async (slug, { signal }) => {
      if (slug === 'fast') return 'fast';
      await untilAborted(signal);
      ended.open();
      return '';
    },
  });
  expect((await failureOf(multiplexer.unary(RESOLVE, requestFor('slow'), { timeoutMs: 30 }))).type).toBe(
    'upstream_timeout',
  );
  await ended.promise;
  expect((await multiplexer.unary(RESOLVE, requestFor('fast'), IN_TIME)).provider).toBe('fast');
  expect(streams()).toBe(1);
});

test('a caller who leaves ends the work of the server', async () => {
  const begun = createGate();
  const ended = createGate();
  const { multiplexer } = await start({
    resolve: async (_slug, { signal }) => {
      begun.open();
      await untilAborted(signal);
      ended.open();
      return '';
    },
  });
  const leave = new AbortController();
  const call = failureOf(multiplexer.unary(RESOLVE, requestFor('x'), { ...IN_TIME, signal: leave.signal }));
  await begun.promise;
  leave.abort();
  expect((await call).type).toBe('client_closed');
  await ended.promise;
  expect(multiplexer.inFlight()).toBe(0);
});

test('above the bound a call is refused at once, on either side', async () => {
  const go = createGate();
  const resolve = async () => {
    await go.promise;
    return 'done';
  };
  const bounded = await start({ resolve }, { inFlightMax: 1 });
  const first = bounded.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME);
  expect((await failureOf(bounded.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('overloaded');

  const serverBounded = await start({ resolve }, {}, { limits: { exchangeInFlightMax: 1 } });
  const held = serverBounded.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME);
  expect((await failureOf(serverBounded.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('overloaded');
  go.open();
  expect((await Promise.all([first, held])).map(({ provider }) => provider)).toEqual(['done', 'done']);
});

test('an old stream is left for a new one, and its calls finish', async () => {
  const go = createGate();
  const { multiplexer, time, streams } = await start(
    {
      resolve: async (slug) => {
        if (slug === 'slow') await go.promise;
        return slug;
      },
    },
    { streamAgeMs: 100 },
  );
  const slow = multiplexer.unary(RESOLVE, requestFor('slow'), IN_TIME);
  await multiplexer.unary(RESOLVE, requestFor('a'), IN_TIME);
  expect(streams()).toBe(1);
  time.nowMs = 100;
  await multiplexer.unary(RESOLVE, requestFor('b'), IN_TIME);
  expect(streams()).toBe(2);
  go.open();
  expect((await slow).provider).toBe('slow');
});

test('while the service is away calls fail at once, and after the pause they find it again', async () => {
  const gone = await start({});
  await gone.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME);
  await gone.server.stop(0);
  for (let failures = 0; failures < 3; failures += 1) {
    expect((await failureOf(gone.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
  }
  const opened = gone.streams();
  expect((await failureOf(gone.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
  expect(gone.streams()).toBe(opened);

  const back = await startVault({}, { port: gone.port });
  cleanups.push(() => back.server.stop(0));
  await expect
    .poll(
      async () => {
        gone.time.nowMs += MULTIPLEXER_DEFAULTS.backoffMaxMs;
        return gone.multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME).then(
          ({ provider }) => provider,
          (error: PlatformError) => error.type,
        );
      },
      { timeout: 10_000 },
    )
    .toBe('x');
});

test('a stop of the server lets the calls of a stream finish, then ends it', async () => {
  const begun = createGate();
  const go = createGate();
  const { multiplexer, server } = await start({
    resolve: async () => {
      begun.open();
      await go.promise;
      return 'done';
    },
  });
  const call = multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME);
  await begun.promise;
  const stopped = server.stop(10_000);
  expect((await failureOf(multiplexer.unary(RESOLVE, requestFor('y'), IN_TIME))).type).toBe('shutting_down');
  go.open();
  expect((await call).provider).toBe('done');
  await stopped;
});

test.each([
  ['may be repeated is asked again elsewhere', [RESOLVE.path], 'answer of the second'],
  ['may not be repeated fails', [], 'connection_error'],
])('a call whose stream is cut and that %s', async (_words, idempotent, outcome) => {
  const begun = createGate();
  const first = await startVault({
    resolve: (_slug, { signal }) => {
      begun.open();
      return untilAborted(signal).then(() => '');
    },
  });
  const second = await startVault({ resolve: async () => 'answer of the second' });
  const clients = [clientOf(first.target), clientOf(second.target)];
  cleanups.push(() => second.server.stop(0));
  cleanups.push(() => clients.forEach((client) => void client.close()));
  const [ofFirst, ofSecond] = clients;
  let streams = 0;
  const exchange = () => {
    const client = streams === 0 ? ofFirst : ofSecond;
    streams += 1;
    if (client === undefined) throw new Error('There is no client.');
    return client.exchange();
  };
  const { clock } = createClock();
  const multiplexer = createMultiplexer({
    ...MULTIPLEXER_DEFAULTS,
    client: { exchange },
    idempotent,
    errors: ERRORS,
    clock,
    random: () => 1,
  });
  cleanups.push(() => multiplexer.close());
  const call = multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME).then(
    ({ provider }) => provider,
    (error: PlatformError) => error.type,
  );
  await begun.promise;
  await first.server.stop(0);
  expect(await call).toBe(outcome);
});

test('closing fails what is open, and nothing begins after it', async () => {
  const begun = createGate();
  const { multiplexer } = await start({
    resolve: (_slug, { signal }) => {
      begun.open();
      return untilAborted(signal).then(() => '');
    },
  });
  const call = failureOf(multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME));
  await begun.promise;
  multiplexer.close();
  expect((await call).type).toBe('connection_error');
  expect((await failureOf(multiplexer.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
});

test('pauses double up to the bound, with jitter between half and all', () => {
  const pauses = (random: number) =>
    [1, 2, 3, 4, 5, 50].map((failures) =>
      backoffAfter(failures, { backoffMs: 50, backoffMaxMs: 300, random: () => random }),
    );
  expect(pauses(0)).toEqual([0, 25, 50, 100, 150, 150]);
  expect(pauses(1)).toEqual([0, 50, 100, 200, 300, 300]);
});
