import { expect, test } from 'vitest';
import { createErrorCodec } from '../../libs/rpc/src/index.ts';
import { CODES, PlatformError } from '../../libs/service-kit/src/index.ts';

const errors = createErrorCodec({ CODES, PlatformError });
const fail = (error) => {
  throw error;
};

test.each(Object.keys(CODES))('%s of the table of errors crosses between services and comes back as it was', (type) => {
  const sent = new PlatformError(type, { public: 'A sentence.', param: 'p', errors: ['one'], field: 'f', cause: 's' });
  const received = errors.fromStatus(errors.toStatus(sent, fail));
  expect(received).toBeInstanceOf(PlatformError);
  expect({ ...received, message: received.message }).toEqual({ ...sent, message: sent.message });
});
