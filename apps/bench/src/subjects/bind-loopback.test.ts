import { describe, expect, it } from 'vitest';
import { bindToLoopback } from './bind-loopback.ts';

const done = (): void => {};

describe('bindToLoopback', () => {
  it.each([
    ['a port alone', [8787], [8787, '127.0.0.1']],
    ['a port and a callback', [8787, done], [8787, '127.0.0.1', done]],
    ['a port, no host and a callback', [8787, undefined, done], [8787, '127.0.0.1', done]],
    ['options without a host', [{ port: 1 }, done], [{ port: 1, host: '127.0.0.1' }, done]],
  ])('binds %s', (_case, args, bound) => {
    expect(bindToLoopback(args)).toEqual(bound);
  });

  it.each([
    ['a named host', [8787, '127.0.0.2', done]],
    ['a socket path', ['/tmp/x.sock', done]],
    ['a path in options', [{ path: '/tmp/x.sock' }]],
  ])('leaves %s alone', (_case, args) => {
    expect(bindToLoopback(args)).toEqual(args);
  });
});
