import { VaultPepperServiceService } from '@portolan/proto';
import { expect, test } from 'vitest';
import { unary } from './method.ts';

const CONTEXT = { callers: [], trace: {}, deadlineMs: 0, signal: new AbortController().signal };
const { getPeppers } = VaultPepperServiceService;

test('V14: what is secret in an answer is erased when the answer has been written', async () => {
  const value = Buffer.from('a pepper that is a secret');
  const current = { id: 'p', value };
  const method = unary(
    getPeppers,
    async () => ({ current, previous: undefined }),
    (response) => response.current?.value.fill(0),
  );
  const written = getPeppers.responseDeserialize(await method.run(Buffer.alloc(0), CONTEXT));
  expect(written.current?.value.toString()).toBe('a pepper that is a secret');
  expect(value.every((byte) => byte === 0)).toBe(true);
});
