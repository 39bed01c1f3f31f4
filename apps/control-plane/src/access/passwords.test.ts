import { Secret } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { hashPassword, matchesHash } from './password-hash.ts';
import { createPasswords } from './passwords.ts';

const cost = { logN: 4, r: 8, p: 1 };
const right = new Secret('correct horse battery staple');

test('a password matches its own hash only, however it is spelled in Unicode', async () => {
  const passwords = createPasswords({ cost });
  const stored = await passwords.hash(new Secret('Ångström pass'));
  expect(stored).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
  expect(await passwords.matches(new Secret('A\u030angstro\u0308m pass'), stored)).toBe(true);
  expect(await passwords.matches(right, stored)).toBe(false);
  expect(await passwords.hash(right)).not.toBe(await passwords.hash(right));
});

test('nobody has a password, and what is no hash matches nothing', async () => {
  const passwords = createPasswords({ cost });
  expect(await passwords.matches(new Secret('nobody'), null)).toBe(false);
  expect(await matchesHash('x', 'x')).toBe(false);
  expect(await matchesHash('x', (await hashPassword('x', cost)).replace('ln=4', 'ln=30'))).toBe(false);
});

test('only so many wait for their turn, and all of those get it', async () => {
  const passwords = createPasswords({ cost, atOnce: 1, waitingMax: 2 });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash(right)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(outcomes[4]).toMatchObject({ reason: { type: 'too_many_requests', retryAfterS: 2 } });
  expect(await passwords.hash(right)).toMatch(/^\$scrypt/);
});
