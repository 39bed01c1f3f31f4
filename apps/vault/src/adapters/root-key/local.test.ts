import { randomBytes } from 'node:crypto';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Secret } from '@portolan/service-kit';
import { type TempDir, tempDir } from '@portolan/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidRootKey } from '../../ports/root-key.ts';
import { environmentRootKey } from './environment.ts';
import { fileRootKey } from './file.ts';

const CONTEXT = { organizationId: 'o', tenantKeyId: 't', version: 1 };
const strongKey = (): string => randomBytes(32).toString('base64');

/** Keys of the right length that nobody drew at random. */
const WEAK: readonly (readonly [string, string])[] = [
  ['zeros', Buffer.alloc(32).toString('base64')],
  ['one byte', Buffer.alloc(32, 0xa7).toString('base64')],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, at) => at + 128)).toString('base64')],
  ['a repeated word of random bytes', Buffer.concat(Array(4).fill(randomBytes(8))).toString('base64')],
  ['text', Buffer.from('correct-horse-battery-staple-32!').toString('base64')],
  ['16 bytes', randomBytes(16).toString('base64')],
  ['33 bytes', randomBytes(33).toString('base64')],
  ['hexadecimal digits', randomBytes(32).toString('hex')],
  ['no base64', `${'!'.repeat(43)}=`],
  ['nothing', ''],
];

describe('the file', () => {
  let dir: TempDir;
  let path: string;
  beforeEach(async () => {
    dir = await tempDir();
    path = join(dir.path, 'root-key.json');
  });
  afterEach(() => dir.remove());

  const write = async (document: unknown, mode = 0o400): Promise<void> => {
    await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
    await chmod(path, mode);
  };
  const problem = (): Promise<string> =>
    fileRootKey(path).then(
      () => 'accepted',
      (error) => (error instanceof InvalidRootKey ? inspect(error, { depth: 9 }) : `unexpected ${inspect(error)}`),
    );

  test('gives the current and the previous key, and what one wrapped opens after the change', async () => {
    const old = { id: 'old', key: strongKey() };
    await write({ current: old });
    const before = await fileRootKey(path);
    expect(before.previous).toBeUndefined();
    const tenantKey = randomBytes(32);
    const wrapped = await before.current.wrap(tenantKey, CONTEXT);
    await chmod(path, 0o600);
    await write({ current: { id: 'new', key: strongKey() }, previous: old });
    const after = await fileRootKey(path);
    expect([after.current.id, after.previous?.id]).toEqual(['new', 'old']);
    expect(await after.previous?.unwrap(wrapped, CONTEXT)).toEqual(tenantKey);
  });

  test('is read through the links of a mounted secret', async () => {
    await write({ current: { id: 'r', key: strongKey() } });
    const link = join(dir.path, 'link');
    await symlink(path, link);
    expect((await fileRootKey(link)).current.id).toBe('r');
  });

  test.each([0o400, 0o440, 0o600, 0o640])('may have mode %o', async (mode) => {
    await write({ current: { id: 'r', key: strongKey() } }, mode);
    expect(await problem()).toBe('accepted');
  });

  test.each([0o444, 0o404, 0o644, 0o660, 0o620, 0o602, 0o604, 0o777])('is refused with mode %o', async (mode) => {
    await write({ current: { id: 'r', key: strongKey() } }, mode);
    expect(await problem()).toContain('has mode');
  });

  test.each(WEAK)('is refused with a key that is %s, and the key is not shown', async (_, key) => {
    await write({ current: { id: 'r', key } });
    const shown = await problem();
    expect(shown).toContain('the root key');
    if (key !== '') expect(shown).not.toContain(key.slice(0, 12));
  });

  test.each([
    ['no JSON', '{"current": canary-key'],
    ['a list', '[]'],
    ['no current key', { previous: { id: 'p', key: strongKey() } }],
    ['a key without a name', { current: { key: strongKey() } }],
    ['a name with a dot', { current: { id: 'a.b', key: strongKey() } }],
    ['one name for both keys', { current: { id: 'a', key: strongKey() }, previous: { id: 'a', key: strongKey() } }],
    ['more bytes than any key file has', ' '.repeat(20_000)],
  ])('is refused with %s', async (_, document) => {
    await write(document);
    const shown = await problem();
    expect(shown).toContain('InvalidRootKey');
    expect(shown).not.toContain('canary-key');
  });

  test('is refused when it is missing or a directory', async () => {
    expect(await problem()).toContain('cannot be read');
    path = dir.path;
    expect(await problem()).toMatch(/is not a file/);
  });

  test('never prints its keys', async () => {
    const key = strongKey();
    await write({ current: { id: 'r', key } });
    const root = await fileRootKey(path);
    const shown = inspect(root, { showHidden: true, depth: 9 }) + JSON.stringify(root);
    for (const shape of [key, Buffer.from(key, 'base64').toString('hex')]) expect(shown).not.toContain(shape);
  });
});

describe('the environment', () => {
  test('gives the current and the previous key', async () => {
    const old = `old:${strongKey()}`;
    const tenantKey = randomBytes(32);
    const wrapped = await environmentRootKey({ current: new Secret(old) }).current.wrap(tenantKey, CONTEXT);
    const root = environmentRootKey({ current: new Secret(`new:${strongKey()}`), previous: new Secret(old) });
    expect(root.current.id).toBe('new');
    expect(await root.previous?.unwrap(wrapped, CONTEXT)).toEqual(tenantKey);
  });

  test.each(WEAK)('is refused with a key that is %s, and the key is not shown', (_, key) => {
    const read = () => environmentRootKey({ current: new Secret(`r:${key}`) });
    expect(read).toThrow(InvalidRootKey);
    expect(read).not.toThrow(key.slice(0, 12) || 'nothing to show');
  });

  test('takes the URL-safe form of base64 too, padded or not', () => {
    const key = Buffer.concat([Buffer.from([0xfb, 0xff]), randomBytes(30)]);
    for (const text of [key.toString('base64'), key.toString('base64url'), `${key.toString('base64url')}=`]) {
      expect(environmentRootKey({ current: new Secret(`r:${text}`) }).current.id).toBe('r');
    }
  });

  test('a value without a name is refused and not shown', () => {
    const read = () => environmentRootKey({ current: new Secret('canary-value') });
    expect(read).toThrow(InvalidRootKey);
    expect(read).not.toThrow('canary');
  });
});
