import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretBytes } from './secret-bytes.ts';

test('secret bytes print in no form, and are zeros after they are erased', () => {
  const bytes = Buffer.from('canary-4711');
  const secret = new SecretBytes(bytes);
  const shown = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }, { showHidden: true, depth: 9 })].join(
    '\n',
  );
  for (const shape of ['canary', bytes.toString('hex'), bytes.toString('base64'), bytes.join(','), '63 61 6e']) {
    expect(shown).not.toContain(shape);
  }
  expect(shown).toContain('[secret]');
  expect(secret.reveal().toString()).toBe('canary-4711');
  secret.erase();
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});
