import { GetStatusResponse } from '@portolan/proto';
import { expect, test } from 'vitest';
import { renderStatus, statusAsJson, statusIsWell } from './status.ts';

const WELL = GetStatusResponse.create({ rootKeyId: '2026-11', selfTestTime: new Date('2026-11-24T12:00:00Z') });

test('a vault that is open, with all it keeps readable, is well', () => {
  expect(statusIsWell(WELL)).toBe(true);
  expect(renderStatus(WELL)).toBe(
    'sealed      no\nroot key    2026-11\nself-test   2026-11-24T12:00:00.000Z\nunreadable  none\nrotations   none under way\n',
  );
  expect(statusAsJson(WELL)).toEqual({
    is_sealed: false,
    sealed_because: null,
    root_key_id: '2026-11',
    rewraps: [],
    unreadable_organization_ids: [],
    self_test_time: '2026-11-24T12:00:00.000Z',
  });
});

test('rotations under way are told and are well', () => {
  const status = { ...WELL, rewraps: [{ organizationId: 'org-1', toVersion: 3, left: 17 }] };
  expect(statusIsWell(status)).toBe(true);
  expect(renderStatus(status)).toContain('rotations   org-1 to version 3, 17 left\n');
  expect(statusAsJson(status)).toMatchObject({ rewraps: [{ organization_id: 'org-1', to_version: 3, left: 17 }] });
});

test('an organisation whose secrets do not open is named, each on its line, and is not well', () => {
  const status = { ...WELL, unreadableOrganizationIds: ['org-1', 'org-2'] };
  expect(statusIsWell(status)).toBe(false);
  expect(renderStatus(status)).toContain('unreadable  org-1\n            org-2\n');
});

test('a sealed vault says why, and nothing that it cannot know', () => {
  const status = GetStatusResponse.create({ isSealed: true, sealedBecause: 'The root key is missing.' });
  expect(statusIsWell(status)).toBe(false);
  expect(renderStatus(status)).toBe('sealed      yes\nbecause     The root key is missing.\n');
  expect(statusAsJson(status)).toMatchObject({
    is_sealed: true,
    sealed_because: 'The root key is missing.',
    root_key_id: null,
  });
});
