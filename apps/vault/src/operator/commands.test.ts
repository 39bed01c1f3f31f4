import { RotateRootKeyResponse } from '@portolan/proto';
import type { CallOptions, UnaryCaller } from '@portolan/rpc';
import { expect, test } from 'vitest';
import { OPERATOR_COMMANDS } from './commands.ts';

interface Call {
  readonly path: string;
  readonly options: CallOptions;
}

/** A vault that answers every call with these bytes, an answer of its method as it travels. */
const answering = (bytes: Uint8Array) => {
  const calls: Call[] = [];
  const vault: UnaryCaller = {
    unary: async (definition, _request, options) => {
      calls.push({ path: definition.path, options });
      return definition.responseDeserialize(Buffer.from(bytes));
    },
  };
  return { vault, calls };
};

const asked = { actor: 'user:ada', operands: ['org-1'] };

const commandNamed = (name: string) => {
  const found = OPERATOR_COMMANDS.find((command) => command.name === name);
  if (found === undefined) throw new Error(`There is no command ${name}.`);
  return found;
};

test('every call has a deadline, and calls the method of its command', async () => {
  for (const command of OPERATOR_COMMANDS) {
    const { vault, calls } = answering(new Uint8Array());
    await command.run(vault, asked);
    expect(calls).toEqual([
      { path: command.path, options: { timeoutMs: command.name === 'status' ? 10_000 : 600_000 } },
    ]);
  }
});

test('a root key rotation that leaves keys behind is not well, and says what to keep', async () => {
  const { vault } = answering(RotateRootKeyResponse.encode({ rewrapped: 5, refused: 2 }).finish());
  const answer = await commandNamed('rotate-root-key').run(vault, asked);
  expect(answer).toMatchObject({ isWell: false, json: { rewrapped: 5, refused: 2 } });
  expect(answer.text).toContain('Keep the root key before.');
});

test('one that leaves none says that the root key before may go', async () => {
  const { vault } = answering(RotateRootKeyResponse.encode({ rewrapped: 5, refused: 0 }).finish());
  const answer = await commandNamed('rotate-root-key').run(vault, asked);
  expect(answer.isWell).toBe(true);
  expect(answer.text).toContain('the one before may go');
});
