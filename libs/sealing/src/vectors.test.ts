import { createCipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decrypt, encrypt, joinParts, TAG_BYTES } from './aead.ts';
import { deriveRecordKey } from './derive.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Cases 13, 14 and 16, which are AES-256, of the GCM submission to NIST (McGrew and Viega, appendix B). */
const GCM = [
  { key: '00'.repeat(32), nonce: '00'.repeat(12), plain: '', bound: '', sealed: '530f8afbc74536b9a963b4f1c4cb738b' },
  {
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plain: '00'.repeat(16),
    bound: '',
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    plain:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    bound: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b',
  },
];

test.each(GCM)(
  'opens the published AES-256-GCM case with tag at its end: $sealed',
  ({ key, nonce, plain, bound, sealed }) => {
    const opened = decrypt(createSecretKey(hex(key)), { nonce: hex(nonce), sealed: hex(sealed) }, hex(bound));
    expect(opened?.toString('hex')).toBe(plain);
  },
);

test('what it seals is what Node seals with the same nonce: ciphertext, then the 128-bit tag', () => {
  const key = randomBytes(32);
  const { nonce, sealed } = encrypt(key, Buffer.from('a secret'), Buffer.from('a place'));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from('a place'));
  const expected = Buffer.concat([cipher.update('a secret'), cipher.final(), cipher.getAuthTag()]);
  expect(sealed).toEqual(expected);
  expect(sealed).toHaveLength('a secret'.length + TAG_BYTES);
});

test('the HKDF in use is that of RFC 5869, test case 1', () => {
  const derived = hkdfSync(
    'sha256',
    hex('0b'.repeat(22)),
    hex('000102030405060708090a0b0c'),
    hex('f0f1f2f3f4f5f6f7f8f9'),
    42,
  );
  expect(Buffer.from(derived).toString('hex')).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

test('no two lists of parts give the same bytes because a boundary moved', () => {
  expect(joinParts(['ab', 'c'])).not.toEqual(joinParts(['a', 'bc']));
  expect(joinParts(['a', ''])).not.toEqual(joinParts(['', 'a']));
});

test('a short tag is never accepted', () => {
  const key = randomBytes(32);
  const { nonce, sealed } = encrypt(key, Buffer.alloc(0), Buffer.alloc(0));
  expect(decrypt(key, { nonce, sealed: sealed.subarray(0, 12) }, Buffer.alloc(0))).toBeUndefined();
});

test('a record key is HKDF-SHA-256 of the key, the salt and the purpose', () => {
  const [key, salt] = [randomBytes(32), randomBytes(32)];
  const expected = Buffer.from(hkdfSync('sha256', key, salt, 'note/v1', 32));
  expect(deriveRecordKey(createSecretKey(key), salt, 'note/v1')).toEqual(expected);
});
