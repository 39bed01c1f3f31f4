import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret } from '@portolan/service-kit';
import { afterAll, describe, expect, test } from 'vitest';
import { credentialsPath, readProfiles, writeProfiles } from './credentials-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = credentialsPath({ env: { XDG_CONFIG_HOME: folder } });
const profiles = new Map([['default', { url: 'https://a.example', key: new Secret('sk-kept'), workspace: undefined }]]);

describe('kept keys', () => {
  test('are read back as they were written, by their owner alone', () => {
    expect(readProfiles(path).size).toBe(0);
    writeProfiles(path, profiles);
    expect(readProfiles(path).get('default')?.key.reveal()).toBe('sk-kept');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(['credentials.json']);
  });

  test('are refused when other users may read them', () => {
    writeProfiles(path, profiles);
    chmodSync(path, 0o644);
    expect(() => readProfiles(path)).toThrow(/chmod 600/);
    writeProfiles(path, profiles);
    expect(readProfiles(path).size).toBe(1);
  });

  test('a broken file is named, and its content is not shown', () => {
    writeProfiles(path, profiles);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -9));
    expect(() => readProfiles(path)).toThrow(/log in again/);
    expect(() => readProfiles(path)).not.toThrow(/sk-kept/);
  });

  test('lie where the XDG rules say', () => {
    expect(credentialsPath({ env: { HOME: '/h' } })).toBe(join('/h', '.config', 'portolan', 'credentials.json'));
  });
});
