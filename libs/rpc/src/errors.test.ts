import { status } from '@grpc/grpc-js';
import { Any, ErrorDetail } from '@portolan/proto';
import { expect, test } from 'vitest';
import { RpcRefusal, toServiceError } from './errors.ts';
import { CODES, ERRORS, type ErrorName, PlatformError } from './testing/errors.ts';

const { fromServiceError, fromStatus, toStatus } = ERRORS;

const fail = (error: unknown): never => {
  throw error;
};

const isName = (name: string): name is ErrorName => Object.hasOwn(CODES, name);

test.each(Object.keys(CODES).filter(isName))('%s crosses and comes back as it was', (type) => {
  const sent = new PlatformError(type, { public: 'A sentence – with more than ASCII.', param: 'p', cause: 'secret' });
  const crossed = toServiceError(toStatus(sent, fail));
  const received = fromServiceError(crossed);
  expect(crossed.code).toBe(Object.entries(status).find(([name]) => name === CODES[type].grpc)?.[1]);
  expect({ ...received }).toEqual({ ...sent });
  expect(received.message).toBe(sent.message);
  expect(JSON.stringify(crossed) + crossed.details + String(crossed.metadata.toJSON())).not.toContain('secret');
});

test('an error of a name that only a newer service knows keeps its sentence', () => {
  const detail = ErrorDetail.encode(ErrorDetail.create({ type: 'brand_new', publicMessage: 'New.' })).finish();
  const details = [
    Any.create({ typeUrl: 'type.googleapis.com/portolan.rpc.v1.ErrorDetail', value: Buffer.from(detail) }),
  ];
  expect(fromStatus({ code: status.UNAVAILABLE, message: '', details })).toMatchObject({
    type: 'connection_error',
    message: 'New.',
  });
});

test.each([
  [status.UNAVAILABLE, 'connection_error'],
  [status.DEADLINE_EXCEEDED, 'upstream_timeout'],
  [status.CANCELLED, 'connection_error'],
  [status.UNAUTHENTICATED, 'internal_error'],
  [status.PERMISSION_DENIED, 'internal_error'],
  [status.RESOURCE_EXHAUSTED, 'internal_error'],
  [status.UNIMPLEMENTED, 'internal_error'],
])('a bare status %i becomes %s, and its text stays with us', (code, type) => {
  const error = fromServiceError(toServiceError({ code, message: '10.0.0.7 says canary', details: [] }));
  expect(error.type).toBe(type);
  expect(error.message).not.toContain('canary');
});

test('details that cannot be read count as none', () => {
  const broken = toServiceError({ code: status.UNAVAILABLE, message: '', details: [] });
  broken.metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
  expect(fromServiceError(broken).type).toBe('connection_error');
  const details = [{ typeUrl: 'type.googleapis.com/portolan.rpc.v1.ErrorDetail', value: Buffer.from([0xff]) }];
  expect(fromStatus({ code: status.INTERNAL, message: '', details }).type).toBe('internal_error');
});

test('only what is unexpected is told, and none of it is sent', () => {
  const told: unknown[] = [];
  const tell = (error: unknown) => void told.push(error);
  toStatus(new PlatformError('not_found', { public: 'No.' }), tell);
  toStatus(new RpcRefusal(status.INVALID_ARGUMENT, 'No.'), tell);
  expect(told).toEqual([]);
  expect(JSON.stringify(toStatus(new Error('canary'), tell))).not.toContain('canary');
  expect(told).toHaveLength(1);
});
