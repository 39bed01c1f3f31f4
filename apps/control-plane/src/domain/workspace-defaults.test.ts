import { expect, test } from 'vitest';
import { changedDefaults } from './workspace-defaults.ts';

const before = { metadata: { team: 'a' }, input_guardrails: ['pg-x'], user_api_key_config: 'pc-x' };

test('what is absent stays, null clears, a value replaces', () => {
  expect(changedDefaults(before, undefined)).toEqual(before);
  expect(changedDefaults(before, null)).toEqual({});
  expect(changedDefaults(before, {})).toEqual(before);
  expect(changedDefaults(before, { metadata: { cost: '1' }, user_api_key_config: null })).toEqual({
    metadata: { cost: '1' },
    input_guardrails: ['pg-x'],
  });
});
