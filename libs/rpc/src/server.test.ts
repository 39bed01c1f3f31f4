import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { HealthService, HealthCheckResponse_ServingStatus as ServingStatus } from '@portolan/proto';
import { afterEach, expect, test } from 'vitest';
import type { RpcClient, RpcClientOptions } from './client.ts';
import type { CallContext } from './context.ts';
import type { RpcServerOptions } from './server.ts';
import { createGate, failureOf, IN_TIME, untilAborted } from './testing/calls.ts';
import { PlatformError } from './testing/errors.ts';
import { type Behaviour, clientOf, RESOLVE, requestFor, startVault, TOKEN, WATCH } from './testing/vault.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const start = async (
  behaviour: Behaviour,
  client: Partial<RpcClientOptions> = {},
  server: Partial<RpcServerOptions> = {},
) => {
  const started = await startVault(behaviour, server);
  const connected: RpcClient = clientOf(started.target, client);
  cleanups.push(() => started.server.stop(0));
  cleanups.push(() => connected.close());
  return { ...started, client: connected };
};

test('a call brings its request, caller, deadline and trace, and its answer comes back', async () => {
  const seen: CallContext[] = [];
  const { client } = await start({
    resolve: async (slug, context) => {
      seen.push(context);
      return `${slug}!`;
    },
  });
  const trace = { requestId: 'r-1', traceparent: '00-11-22-01', tracestate: 'a=b' };
  const before = Date.now();
  expect((await client.unary(RESOLVE, requestFor('main'), { ...IN_TIME, trace })).provider).toBe('main!');
  expect(seen[0]).toMatchObject({ callers: ['gateway'], trace });
  expect(seen[0]?.deadlineMs).toBeGreaterThan(before);
  expect(seen[0]?.deadlineMs).toBeLessThanOrEqual(Date.now() + IN_TIME.timeoutMs + 1_000);
});

test('an error of ours arrives as the same error', async () => {
  const { client } = await start({
    resolve: async () => {
      throw new PlatformError('invalid_request_error', {
        public: 'That cannot be.',
        param: 'slug',
        code: 'odd',
        errors: ['one', 'two'],
        field: 'f',
        cause: new Error('secret'),
      });
    },
  });
  const error = await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME));
  expect(error).toMatchObject({
    type: 'invalid_request_error',
    message: 'That cannot be.',
    param: 'slug',
    code: 'odd',
    errors: ['one', 'two'],
    field: 'f',
  });
});

test('of an unexpected error the caller learns nothing, and the server everything', async () => {
  const { client, unexpected } = await start({
    resolve: async () => {
      throw new Error('password=canary');
    },
  });
  const error = await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME));
  expect(error.type).toBe('internal_error');
  expect(`${error.message}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('canary');
  expect(String(unexpected[0])).toContain('canary');
});

test('a call without a deadline is refused', async () => {
  const { target } = await start({});
  const bare = new Client(target, credentials.createInsecure());
  cleanups.push(() => bare.close());
  const metadata = new Metadata();
  metadata.set('x-portolan-loopback-token', TOKEN);
  const error = await new Promise<unknown>((resolve) => {
    bare.makeUnaryRequest(
      RESOLVE.path,
      RESOLVE.requestSerialize,
      RESOLVE.responseDeserialize,
      requestFor('x'),
      metadata,
      resolve,
    );
  });
  expect(error).toMatchObject({ code: 3, details: 'A call needs a deadline.' });
});

test('a deadline ends the wait of the caller and the work of the server', async () => {
  const ended = createGate();
  const { client } = await start({
    resolve: async (_slug, { signal }) => {
      await untilAborted(signal);
      ended.open();
      return '';
    },
  });
  expect((await failureOf(client.unary(RESOLVE, requestFor('x'), { timeoutMs: 30 }))).type).toBe('upstream_timeout');
  await ended.promise;
});

test('a caller who leaves ends the work of the server', async () => {
  const begun = createGate();
  const ended = createGate();
  const { client } = await start({
    resolve: async (_slug, { signal }) => {
      begun.open();
      await untilAborted(signal);
      ended.open();
      return '';
    },
  });
  const leave = new AbortController();
  const call = failureOf(client.unary(RESOLVE, requestFor('x'), { ...IN_TIME, signal: leave.signal }));
  await begun.promise;
  leave.abort();
  expect((await call).type).toBe('client_closed');
  await ended.promise;
});

test.each([
  ['no token', ''],
  ['a wrong token', 'guess'],
  ['the token of a service without this right', 'another token'],
])('a caller with %s is refused, and the caller of the caller is not blamed', async (_words, token) => {
  const { client } = await start({}, { transport: { kind: 'loopback-plaintext', token } });
  expect((await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('internal_error');
});

test('a method without a row in the table can be called by nobody', async () => {
  const { client } = await start({}, {}, { access: { [WATCH.path]: ['gateway'] } });
  expect((await failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME))).cause).toMatchObject({ code: 7 });
});

test.each([
  [{ '/portolan.vault.v1.VaultGatewayService/Resolve': ['gateway'] }, /is no method/],
  [{ [RESOLVE.path]: ['gatway'] }, /is no known identity/],
])('a table that names what does not exist is refused: %o', async (access, problem) => {
  await expect(startVault({}, { access })).rejects.toThrow(problem);
});

test('a message above the bound is refused', async () => {
  const { client } = await start({}, {}, { limits: { messageBytesMax: 100 } });
  expect((await failureOf(client.unary(RESOLVE, requestFor('x'.repeat(200)), IN_TIME))).cause).toMatchObject({
    code: 8,
  });
  expect((await client.unary(RESOLVE, requestFor('x'), IN_TIME)).provider).toBe('x');
});

test('a stream brings every answer, in order, with back-pressure', async () => {
  const { client } = await start({
    async *watch() {
      for (let at = 0; at < 2_000; at += 1) yield `${at}`.padEnd(1_000, '.');
    },
  });
  const received: string[] = [];
  for await (const { resumeToken } of client.stream(WATCH, { resumeToken: '' }, IN_TIME)) received.push(resumeToken);
  expect(received).toEqual(Array.from({ length: 2_000 }, (_, at) => `${at}`.padEnd(1_000, '.')));
});

test('leaving a stream frees what the server holds for it', async () => {
  const freed = createGate();
  const { client } = await start({
    async *watch({ signal }) {
      try {
        yield 'first';
        await untilAborted(signal);
      } finally {
        freed.open();
      }
    },
  });
  for await (const { resumeToken } of client.stream(WATCH, { resumeToken: '' }, IN_TIME)) {
    expect(resumeToken).toBe('first');
    break;
  }
  await freed.promise;
});

test('an error in a stream arrives after what came before it', async () => {
  const { client } = await start({
    async *watch() {
      yield 'first';
      throw new PlatformError('not_found', { public: 'Gone.' });
    },
  });
  const received: string[] = [];
  const error = await failureOf(
    (async () => {
      for await (const answer of client.stream(WATCH, { resumeToken: '' }, IN_TIME)) received.push(answer.resumeToken);
    })(),
  );
  expect(received).toEqual(['first']);
  expect(error).toMatchObject({ type: 'not_found', message: 'Gone.' });
});

test('a stop lets calls finish, ends watches with a status that says so, and takes nothing new', async () => {
  const begun = createGate();
  const go = createGate();
  const { client, server, target } = await start({
    resolve: async () => {
      begun.open();
      await go.promise;
      return 'done';
    },
    async *watch({ signal }) {
      yield 'first';
      await untilAborted(signal);
    },
  });
  const call = client.unary(RESOLVE, requestFor('x'), IN_TIME);
  const watch = client.stream(WATCH, { resumeToken: '' }, IN_TIME)[Symbol.asyncIterator]();
  expect((await watch.next()).value?.resumeToken).toBe('first');
  await begun.promise;
  const stopped = server.stop(10_000);
  expect((await failureOf(watch.next())).type).toBe('shutting_down');
  go.open();
  expect((await call).provider).toBe('done');
  await stopped;
  const late = clientOf(target);
  cleanups.push(() => late.close());
  expect((await failureOf(late.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('connection_error');
});

test('a stop does not wait longer than its grace', async () => {
  const begun = createGate();
  const { client, server } = await start({
    resolve: (_slug, { signal }) => {
      begun.open();
      return untilAborted(signal).then(() => '');
    },
  });
  const call = failureOf(client.unary(RESOLVE, requestFor('x'), IN_TIME));
  await begun.promise;
  await server.stop(20);
  expect((await call).type).toBe('connection_error');
});

test('health needs neither an identity nor a deadline, and tells of every change', async () => {
  const { target, server } = await start({});
  const probe = new Client(target, credentials.createInsecure());
  cleanups.push(() => probe.close());
  const { check, watch } = HealthService;
  const ask = (service: string) =>
    new Promise<unknown>((resolve) => {
      probe.makeUnaryRequest(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        { service },
        (error, answer) => resolve(error?.code ?? answer?.status),
      );
    });
  expect(await ask('')).toBe(ServingStatus.SERVING);
  expect(await ask('portolan.vault.v1.VaultGatewayService')).toBe(ServingStatus.SERVING);
  expect(await ask('unknown')).toBe(5);

  const call = probe.makeServerStreamRequest(watch.path, watch.requestSerialize, watch.responseDeserialize, {
    service: '',
  });
  call.on('error', () => undefined);
  const told = call[Symbol.asyncIterator]();
  expect((await told.next()).value).toEqual({ status: ServingStatus.SERVING });
  server.setServing(false);
  expect((await told.next()).value).toEqual({ status: ServingStatus.NOT_SERVING });
  server.setServing(true);
  expect((await told.next()).value).toEqual({ status: ServingStatus.SERVING });
  call.cancel();
});

test('plaintext is refused on an address that others can reach', async () => {
  const { server } = await start({});
  expect(() => clientOf('dns:///vault:7443')).toThrow(/loopback/);
  expect(() => clientOf('10.0.0.1:7443')).toThrow(/loopback/);
  expect(() => clientOf('127.0.0.1.example.com:7443')).toThrow(/loopback/);
  expect(() => clientOf('ipv4:127.0.0.1:1,10.0.0.1:2')).toThrow(/loopback/);
  await expect(server.listen('0.0.0.0', 0)).rejects.toThrow(/loopback/);
});

test('a method that may be repeated is tried twice while the server says it cannot, another once', async () => {
  let tries = 0;
  const resolve = async () => {
    tries += 1;
    if (tries === 1) throw new PlatformError('overloaded', { public: 'Not now.' });
    return 'second';
  };
  const repeatable = await start({ resolve }, { idempotent: [RESOLVE.path] });
  expect((await repeatable.client.unary(RESOLVE, requestFor('x'), IN_TIME)).provider).toBe('second');
  tries = 0;
  const single = await start({ resolve });
  expect((await failureOf(single.client.unary(RESOLVE, requestFor('x'), IN_TIME))).type).toBe('overloaded');
  expect(tries).toBe(1);
});
