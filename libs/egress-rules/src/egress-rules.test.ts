import { expect, it } from 'vitest';
import { classifyAddress } from './addresses.ts';
import { allowedHost } from './custom-host.ts';
import { createTrust } from './trust.ts';

const nobody = createTrust([]);

const hostile = [
  'ftp://example.com',
  'example.com/v1',
  'http://user:pw@example.com',
  'http://example.com@127.0.0.1/',
  'http://example.com#@127.0.0.1/',
  'http://example.com?x=1',
  'http://exa%6dple.com',
  'http://example.com\\@127.0.0.1',
  'http://exam\tple.com',
  'http://example.com.',
  'http://xn--e1afmkfd.com',
  'http://a.b.c.d.e.f.g.h.i.j.k.com',
  'http://127.0.0.1:8080',
  'http://127.1',
  'http://2130706433',
  'http://0x7f.0.0.1',
  'http://0177.0.0.1',
  'http://134744072',
  'http://[::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[fd00::1]',
  'http://[64:ff9b::7f00:1]',
  'http://10.0.0.1',
  'http://172.16.3.4',
  'http://192.168.1.1',
  'http://100.64.0.1',
  'http://169.254.169.254/latest/meta-data',
  'http://168.63.129.16',
  'http://198.18.0.1',
  'http://192.0.2.7',
  'http://224.0.0.1',
  'http://0.0.0.0',
  'http://localhost:11434',
  'http://printer',
  'http://db.internal',
  'http://10.0.0.1.nip.io',
  'http://app.localtest.me',
  'http://metadata.google.internal',
  'http://metadata',
  'http://kubernetes.default.svc',
  'http://vllm.models.svc.cluster.local',
  'https://api.portkey.ai/v1',
  'https://example.com:22',
  'https://example.com:6379/v1',
  'https://example.com:70000',
  'https://example.com:0',
  `https://example.com/${'a'.repeat(2_100)}`,
  '',
];

it.each(hostile)('refuses %s', (url) => {
  expect(allowedHost(url, nobody)).toBeUndefined();
});

it('takes a plain public URL, with its version path, and drops the last slash', () => {
  expect(allowedHost('https://llm.corp.example/v1/', nobody)).toBe('https://llm.corp.example/v1');
  expect(allowedHost('https://llm.corp.example:8443/v1', nobody)).toBe('https://llm.corp.example:8443/v1');
  expect(allowedHost('https://8.8.8.8/v1', nobody)).toBe('https://8.8.8.8/v1');
});

it('trust opens exact names, suffixes and ranges, and nothing else', () => {
  const trust = createTrust(['localhost', '*.svc.cluster.local', '10.2.0.0/16', '::1']);
  for (const url of [
    'http://localhost:1234',
    'http://vllm.models.svc.cluster.local/v1',
    'http://10.2.3.4',
    'http://[::1]:9',
  ]) {
    expect(allowedHost(url, trust)).toBe(url);
  }
  for (const url of ['http://10.3.0.1', 'http://127.0.0.1', 'http://xlocalhost', 'http://svc.cluster.local']) {
    expect(allowedHost(url, trust)).toBeUndefined();
  }
});

it('metadata addresses and dangerous ports stay closed even when trusted', () => {
  const trust = createTrust(['169.254.169.254', '169.254.0.0/16', 'metadata.google.internal', 'localhost']);
  for (const url of ['http://169.254.169.254', 'http://metadata.google.internal', 'http://localhost:6379']) {
    expect(allowedHost(url, trust)).toBeUndefined();
  }
  expect(trust.allows('169.254.169.254', '169.254.169.254')).toBe(false);
});

it('an address inside another notation is judged by where it leads', () => {
  expect(classifyAddress('::ffff:10.0.0.1')).toBe('private');
  expect(classifyAddress('::ffff:169.254.169.254')).toBe('metadata');
  expect(classifyAddress('2002:7f00:1::')).toBe('private');
  expect(classifyAddress('8.8.8.8')).toBe('public');
  expect(classifyAddress('not an address')).toBe('private');
});
