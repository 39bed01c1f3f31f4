import { Secret } from '@portolan/service-kit';
import { describe, expect, test } from 'vitest';
import { Refused } from '../failure.ts';
import type { Profile } from './credentials-file.ts';
import { chooseTarget } from './target.ts';

const profile: Profile = { url: 'https://a.example', key: new Secret('key-of-a'), workspace: 'ws-a' };
const profiles = new Map([['default', profile]]);
const nothing = { url: undefined, workspace: undefined, profile: undefined };
const shown = ({ url, key, workspace }: ReturnType<typeof chooseTarget>) => [url, key.reveal(), workspace];

describe('which platform is meant', () => {
  test('the profile, when nothing else is said', () => {
    expect(shown(chooseTarget(nothing, {}, profiles))).toEqual(['https://a.example', 'key-of-a', 'ws-a']);
  });

  test('variables win over the profile, flags over variables', () => {
    const env = { PORTOLAN_URL: 'https://b.example', PORTOLAN_API_KEY: 'key-of-b', PORTOLAN_WORKSPACE: 'ws-b' };
    expect(shown(chooseTarget(nothing, env, profiles))).toEqual(['https://b.example', 'key-of-b', 'ws-b']);
    const flags = { ...nothing, url: 'https://c.example', workspace: 'ws-c' };
    expect(shown(chooseTarget(flags, env, profiles))).toEqual(['https://c.example', 'key-of-b', 'ws-c']);
  });

  test('a kept key is never sent to another address', () => {
    expect(() => chooseTarget({ ...nothing, url: 'https://evil.example' }, {}, profiles)).toThrow(/no key for/);
    expect(() => chooseTarget(nothing, { PORTOLAN_URL: 'https://evil.example' }, profiles)).toThrow(Refused);
  });

  test('the same address in another spelling is the same address', () => {
    expect(chooseTarget({ ...nothing, url: 'https://a.example/v1/' }, {}, profiles).key.reveal()).toBe('key-of-a');
  });

  test('a profile that is not there is not replaced by another', () => {
    expect(() => chooseTarget({ ...nothing, profile: 'prod' }, {}, profiles)).toThrow(/no profile "prod".*default/);
  });

  test('without any platform the person is told how to name one', () => {
    expect(() => chooseTarget(nothing, {}, new Map())).toThrow(/portolan login/);
  });
});
