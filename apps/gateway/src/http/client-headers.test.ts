import { PlatformError } from '@portolan/service-kit';
import { describe, expect, it } from 'vitest';
import {
  alwaysSettings,
  checkForwardList,
  checkNames,
  forwardedHeaders,
  providerSettings,
  readClientHeaders,
} from './client-headers.ts';

describe('what a client says in headers', () => {
  it('nothing said is the same as an empty value', () => {
    const nothing = readClientHeaders({});
    const empty = readClientHeaders({
      authorization: '',
      'x-portkey-api-key': '',
      'x-portkey-config': '',
      'x-portkey-provider': '',
      'x-portkey-virtual-key': '',
      'x-portkey-metadata': '',
      'x-portkey-custom-host': '',
      'x-portkey-forward-headers': '',
      'x-portkey-sensitive-headers': '',
      'x-portkey-request-timeout': '',
      'x-portkey-strict-open-ai-compliance': '',
      'x-portkey-debug': '',
    });
    expect({ ...empty, raw: {} }).toEqual({ ...nothing, raw: {} });
    expect(nothing).toMatchObject({ strict: true, debug: true, sensitiveHeaders: [] });
  });

  it.each(['x-portkey-strict-open-ai-compliance', 'x-portkey-strict-openai-compliance'])(
    '%s: only false has an effect',
    (name) => {
      expect(readClientHeaders({ [name]: 'false' }).strict).toBe(false);
      expect(readClientHeaders({ [name]: 'False' }).strict).toBe(false);
      expect(readClientHeaders({ [name]: 'true' }).strict).toBe(true);
      expect(readClientHeaders({ [name]: 'no' }).strict).toBe(true);
    },
  );

  it('debug is on unless switched off', () => {
    expect(readClientHeaders({ 'x-portkey-debug': 'false' }).debug).toBe(false);
    expect(readClientHeaders({ 'x-portkey-debug': 'maybe' }).debug).toBe(true);
  });

  it('the deprecated mode names a provider where no provider header does', () => {
    expect(readClientHeaders({ 'x-portkey-mode': 'proxy openai' }).provider).toBe('openai');
    expect(readClientHeaders({ 'x-portkey-mode': 'proxy openai', 'x-portkey-provider': 'google' }).provider).toBe(
      'google',
    );
    expect(readClientHeaders({ 'x-portkey-mode': 'single' }).provider).toBeUndefined();
  });
});

describe('headers sent twice', () => {
  it.each(['Authorization', 'X-Portkey-Api-Key', 'x-portkey-config', 'Content-Type'])('%s is refused', (name) => {
    expect(() => checkNames([name, 'a', 'Host', 'h', name.toLowerCase(), 'b'], {})).toThrow(PlatformError);
  });

  it('what decides nothing may come as often as it likes', () => {
    expect(() => checkNames(['Accept', 'a', 'accept', 'b', 'Authorization', 'x'], {})).not.toThrow();
  });
});

describe('forwarded headers', () => {
  it('are found by their name in any case', () => {
    expect(forwardedHeaders(['X-Team', 'x-trace'], { 'x-team': 'a', 'x-trace': 'b', 'x-other': 'c' })).toEqual({
      'x-team': 'a',
      'x-trace': 'b',
    });
  });

  it('a name in camel case is tried in kebab case too, when it is not there as written', () => {
    expect(forwardedHeaders(['xCustomHeader'], { 'x-custom-header': 'kebab' })).toEqual({ 'x-custom-header': 'kebab' });
    expect(forwardedHeaders(['xCustomHeader'], { xcustomheader: 'plain', 'x-custom-header': 'kebab' })).toEqual({
      xcustomheader: 'plain',
    });
  });

  it('a name that was not sent adds nothing', () => {
    expect(forwardedHeaders(['x-absent', '__proto__', 'constructor'], {})).toEqual({});
  });

  it.each([
    'host',
    'Host',
    'content-length',
    'transfer-encoding',
    'connection',
    'metadata-flavor',
    'X-aws-ec2-metadata-token',
    'x-google-metadata-request',
    'x-portkey-api-key',
  ])('%s may not be on the list', (name) => {
    expect(() => checkForwardList(['x-team', name])).toThrow(PlatformError);
  });

  it('the list may not name itself', () => {
    expect(() => checkForwardList(['X-Portkey-Forward-Headers'])).toThrow(
      "forward_headers must not contain the 'x-portkey-forward-headers' header",
    );
  });
});

describe('provider settings in headers', () => {
  it('are the gateway headers without their prefix, in snake case', () => {
    expect(
      providerSettings({ 'x-portkey-openai-organization': 'org-1', 'x-portkey-vertex-region': '', 'x-other': 'no' }),
    ).toEqual({ openai_organization: 'org-1' });
  });

  it('some are also read under the names of the providers, and the prefixed name wins', () => {
    expect(providerSettings({ 'openai-beta': 'raw' })).toEqual({ openai_beta: 'raw' });
    expect(providerSettings({ 'openai-beta': 'raw', 'x-portkey-openai-beta': 'ours' })).toEqual({
      openai_beta: 'ours',
    });
  });

  it('versions and betas of Anthropic are read even when a config names the provider', () => {
    expect(alwaysSettings({ 'anthropic-version': '2023-06-01', 'x-portkey-anthropic-beta': 'b' })).toEqual({
      anthropic_version: '2023-06-01',
      anthropic_beta: 'b',
    });
  });
});
