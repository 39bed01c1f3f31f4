import { Secret } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { signAws } from './aws-signature.ts';

/** The credentials and the moment of AWS's published test suite for Signature Version 4. */
const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
};
const SCOPE = { region: 'us-east-1', service: 'service', nowMs: Date.UTC(2015, 7, 30, 12, 36, 0) };
const URL_IN_SUITE = 'https://example.amazonaws.com/';

test.each([
  ['get-vanilla', 'GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
] as const)('signs the published case %s', (_, method, signature) => {
  const { authorization } = signAws({ method, url: URL_IN_SUITE, headers: {}, body: '' }, CREDENTIALS, SCOPE);
  expect(authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  );
});

test('signs its headers in order, and the token of temporary credentials', () => {
  const signed = signAws(
    { method: 'POST', url: URL_IN_SUITE, headers: { 'X-Amz-Target': 'T.Op', 'Content-Type': 'a' }, body: '{}' },
    { ...CREDENTIALS, sessionToken: new Secret('token') },
    SCOPE,
  );
  expect(signed['x-amz-security-token']).toBe('token');
  expect(signed.authorization).toContain(
    'SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,',
  );
});

test('another body, header, moment, region or key gives another signature', () => {
  const request = { method: 'POST', url: URL_IN_SUITE, headers: { 'content-type': 'a' }, body: '{}' } as const;
  const signatures = [
    signAws(request, CREDENTIALS, SCOPE),
    signAws({ ...request, body: '{} ' }, CREDENTIALS, SCOPE),
    signAws({ ...request, headers: { 'content-type': 'b' } }, CREDENTIALS, SCOPE),
    signAws(request, CREDENTIALS, { ...SCOPE, nowMs: SCOPE.nowMs + 1000 }),
    signAws(request, CREDENTIALS, { ...SCOPE, region: 'eu-central-1' }),
    signAws(request, { ...CREDENTIALS, secretAccessKey: new Secret('other') }, SCOPE),
  ].map(({ authorization }) => authorization?.split('Signature=')[1]);
  expect(new Set(signatures).size).toBe(signatures.length);
});
