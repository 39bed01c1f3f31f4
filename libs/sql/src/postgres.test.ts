import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { MigratableDatabase } from './database.ts';
import { isUnavailable, SQLSTATE, SqlError } from './errors.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';

const PASSWORD = 'p%40ss-very-secret';
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUps.splice(0).toReversed()) await step();
});

const open = (port: number, options: Partial<PostgresOptions> = {}): MigratableDatabase => {
  const database = openPostgres({ url: `postgres://me:${PASSWORD}@127.0.0.1:${port}/db`, ...options });
  cleanUps.push(() => database.close());
  return database;
};

/** A server that does with a connection what the test says. */
const serve = async (onConnection: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
};

const failureOf = async (work: Promise<unknown>): Promise<SqlError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SqlError)) throw new Error('no SqlError', { cause: error });
  expect(`${error.message} ${error.stack} ${JSON.stringify({ ...error })}`).not.toMatch(/very-secret/);
  expect(error.cause).toBeUndefined();
  return error;
};

test('a server that nobody runs is an outage that says so', async () => {
  const port = await serve(() => undefined);
  for (const step of cleanUps.splice(0)) await step();
  const error = await failureOf(open(port).query('select 1'));
  expect(error.code).toBe(SQLSTATE.cannot_connect);
  expect(error.message).toContain('ECONNREFUSED');
});

test('a server that accepts and never answers is given up on', async () => {
  const port = await serve(() => undefined);
  expect((await failureOf(open(port, { waitTimeoutMs: 20 }).query('select 1'))).code).toBe(SQLSTATE.cannot_connect);
});

test('a server that hangs up, or talks something else, is an outage', async () => {
  const hangsUp = await serve((socket) => socket.destroy());
  expect(isUnavailable(await failureOf(open(hangsUp).query('select 1')))).toBe(true);
});

test('who would have to wait behind too many is refused at once, who waits too long after a while', async () => {
  const port = await serve(() => undefined);
  const database = open(port, { maxConnections: 1, maxWaiting: 1, waitTimeoutMs: 50 });
  const failures = await Promise.all([1, 2, 3].map(() => failureOf(database.query('select 1'))));
  expect(failures.map(({ code }) => code)).toEqual([
    SQLSTATE.cannot_connect,
    SQLSTATE.too_many_connections,
    SQLSTATE.too_many_connections,
  ]);
});

test.each([['postgres://me:very-secret@[broken/db'], ['postgres://me:very-secret%zz@127.0.0.1/db'], ['very-secret']])(
  'a URL that cannot be read is refused without repeating it',
  (url) => {
    expect(() => openPostgres({ url })).toThrow(
      new SqlError(SQLSTATE.cannot_connect, 'the URL of the database cannot be read'),
    );
  },
);

/** One message of the server: its letter, its length, its content. */
const message = (letter: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + length.length);
  return Buffer.concat([Buffer.from(letter), length, content]);
};

test('a statement that is never answered is given up on, with its transaction and its connection', async () => {
  let connections = 0;
  const port = await serve((socket) => {
    connections += 1;
    // Authentication is fine, ready for a query, and from there on silence.
    socket.once('data', () =>
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])),
    );
  });
  const database = open(port, { maxConnections: 1, statementTimeoutMs: 10, answerGraceMs: 10 });
  expect((await failureOf(database.query('select 1'))).code).toBe(SQLSTATE.query_canceled);
  expect((await failureOf(database.transaction((tx) => tx.query('select 1')))).code).toBe(SQLSTATE.query_canceled);
  expect(connections).toBe(2);
});

test('a password is cut out of what the server says while we connect', async () => {
  const port = await serve((socket) => {
    socket.once('data', () => {
      const fields = 'SFATAL\0VFATAL\0C28P01\0Mno entry for me with p@ss-very-secret\0\0';
      socket.end(message('E', Buffer.from(fields, 'latin1')));
    });
  });
  const error = await failureOf(open(port).query('select 1'));
  expect(error).toMatchObject({ code: '28P01', message: 'no entry for me with …' });
});
