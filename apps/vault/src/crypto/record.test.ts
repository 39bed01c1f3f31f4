import { createSecretKey, hkdfSync, randomBytes, randomInt } from 'node:crypto';
import { decrypt } from '@portolan/sealing';
import { expect, test } from 'vitest';
import { associatedData, type Place } from './place.ts';
import { openRecord, parseRecord, sealRecord, type TenantKey, UnreadableRecord } from './record.ts';

const tenantKey = (id: string, version: number): TenantKey => ({ id, version, key: createSecretKey(randomBytes(32)) });

const refusal = (open: () => unknown): string => {
  try {
    open();
  } catch (error) {
    if (error instanceof UnreadableRecord) return error.reason;
    throw error;
  }
  return 'opened';
};

/** 100 rows of two organisations that differ in one part of the place only, wherever that is possible. */
const rows = () => {
  const keys = [tenantKey('tenant-a', 1), tenantKey('tenant-b', 1)];
  return Array.from({ length: 100 }, (_, at) => {
    const [half, workspace, credential, field, version] = [at % 2, (at >> 1) % 2, (at >> 2) % 7, (at >> 1) % 3, at % 5];
    const key = keys[half] ?? tenantKey('none', 1);
    const place: Place = {
      organizationId: `org-${half}`,
      workspaceId: `ws-${workspace}`,
      credentialId: `cred-${credential}-${at}`,
      field: `field-${field}`,
      credentialVersion: version + 1,
    };
    return { key, place, plain: `secret ${at}`, sealed: sealRecord(Buffer.from(`secret ${at}`), key, place) };
  });
};

test('V2: a record moved to any other of 100 rows does not open there, in all 9,900 swaps', () => {
  const all = rows();
  let swaps = 0;
  for (const at of all) {
    for (const from of all) {
      if (at === from) continue;
      swaps += 1;
      // With the reader's own key, and with the key that the moved record names.
      expect(refusal(() => openRecord(from.sealed, at.key, at.place))).not.toBe('opened');
      expect(refusal(() => openRecord(from.sealed, from.key, at.place))).toBe('refused');
    }
    expect(openRecord(at.sealed, at.key, at.place).toString()).toBe(at.plain);
  }
  expect(swaps).toBe(9900);
}, 60_000);

const HOME: Place = { organizationId: 'o', workspaceId: 'w', credentialId: 'c', field: 'key', credentialVersion: 1 };

test.each([
  ['organisation', { organizationId: 'o2' }],
  ['workspace', { workspaceId: 'w2' }],
  ['credential', { credentialId: 'c2' }],
  ['field', { field: 'key2' }],
  ['version of the credential', { credentialVersion: 2 }],
])('V2: a record does not open at another %s', (_, other) => {
  const key = tenantKey('t', 1);
  const sealed = sealRecord(Buffer.from('secret'), key, HOME);
  expect(refusal(() => openRecord(sealed, key, { ...HOME, ...other }))).toBe('refused');
});

test('V2: a record does not open under another version of its key, even when that has the same bytes', () => {
  const key = tenantKey('t', 1);
  const sealed = sealRecord(Buffer.from('secret'), key, HOME);
  const second = { ...key, version: 2 };
  expect(refusal(() => openRecord(sealed, second, HOME))).toBe('other_key');
  expect(refusal(() => openRecord(sealed.replace('v1.t.1.', 'v1.t.2.'), second, HOME))).toBe('refused');
});

const FLIPS = 50_000;

test(`V2: a record with one bit changed never opens, in ${FLIPS} random places of its text`, () => {
  const key = tenantKey('t', 1);
  const text = Buffer.from(
    sealRecord(Buffer.from('sk-a-secret-of-usual-length-0123456789abcdef'), key, HOME),
    'latin1',
  );
  const opened: string[] = [];
  for (let flip = 0; flip < FLIPS; flip++) {
    const changed = Buffer.from(text);
    const at = randomInt(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8));
    if (refusal(() => openRecord(changed.toString('latin1'), key, HOME)) === 'opened')
      opened.push(changed.toString('latin1'));
  }
  expect(opened).toEqual([]);
}, 60_000);

test('every bit of salt, nonce, ciphertext and tag is authenticated', () => {
  const key = tenantKey('t', 1);
  const sealed = sealRecord(Buffer.from('secret'), key, HOME);
  const [, , , ...encoded] = sealed.split('.');
  for (const [part, text] of encoded.entries()) {
    const bytes = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const parts = encoded.with(part, changed.toString('base64url'));
      expect(refusal(() => openRecord(['v1', 't', '1', ...parts].join('.'), key, HOME))).toBe('refused');
    }
  }
});

test('the format names the key and its version, so that neither needs to be guessed', () => {
  const sealed = sealRecord(Buffer.from('secret'), tenantKey('a1b2', 37), HOME);
  expect(sealed).toMatch(/^v1\.a1b2\.37\.[\w-]{43}\.[\w-]{16}\.[\w-]+$/);
  expect(parseRecord(sealed)).toMatchObject({ keyId: 'a1b2', keyVersion: 37 });
});

test('sealing twice gives two texts without a common salt or nonce', () => {
  const key = tenantKey('t', 1);
  const [one, two] = [1, 2].map(() => sealRecord(Buffer.from('secret'), key, HOME).split('.'));
  for (const part of [3, 4, 5]) expect(one?.[part]).not.toBe(two?.[part]);
});

const good = sealRecord(Buffer.from('secret'), tenantKey('t', 1), HOME);

test.each([
  ['', 'nothing'],
  ['v1', 'a prefix'],
  [good.replace('v1.', 'v2.'), 'another format'],
  [`${good}.more`, 'one part more'],
  [good.replace('.1.', '.0.'), 'key version 0'],
  [good.replace('.1.', '.01.'), 'a version with a leading zero'],
  [good.replace('.1.', '.1e1.'), 'a version in another notation'],
  [`${good}=`, 'padding'],
  [`${good} `, 'a space'],
  [good.split('.').with(3, 'AAAA').join('.'), 'a short salt'],
  [good.split('.').with(5, 'AAAA').join('.'), 'less than a tag'],
])('%j is malformed: %s', (text) => {
  expect(refusal(() => parseRecord(text))).toBe('malformed');
});

test('a record is what the documentation says: HKDF-SHA-256 of the tenant key with "cred/v1", then AES-256-GCM bound to the place', () => {
  const bytes = randomBytes(32);
  const key = { id: 't1', version: 3, key: createSecretKey(bytes) };
  const place = { organizationId: 'o', workspaceId: 'w', credentialId: 'c', field: 'key', credentialVersion: 1 };
  const { salt, ...record } = parseRecord(sealRecord(Buffer.from('a secret'), key, place));
  const recordKey = Buffer.from(hkdfSync('sha256', bytes, salt, 'cred/v1', 32));
  expect(decrypt(recordKey, record, associatedData(place, 3))?.toString()).toBe('a secret');
});
