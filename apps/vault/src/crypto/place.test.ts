import { expect, test } from 'vitest';
import { associatedData } from './place.ts';

test('the associated data is each part behind its length', () => {
  const place = { organizationId: 'o1', workspaceId: 'w', credentialId: 'c-3', field: 'key', credentialVersion: 12 };
  expect(associatedData(place, 7).toString('latin1')).toBe(
    '\0\0\0\u0002o1\0\0\0\u0001w\0\0\0\u0003c-3\0\0\0\u0003key\0\0\0\u000212\0\0\0\u00017',
  );
});
