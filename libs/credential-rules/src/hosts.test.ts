import { expect, test } from 'vitest';
import { fillHost, hostOf, isHostPattern, mayReceive } from './hosts.ts';

test.each([
  ['api.openai.com', 'https://api.openai.com/v1/chat/completions'],
  ['api.openai.com', 'https://API.OpenAI.com:443/v1'],
  ['*.openai.azure.com', 'https://my-resource.openai.azure.com/openai'],
  ['*-aiplatform.googleapis.com', 'https://europe-west4-aiplatform.googleapis.com/v1'],
  ['models.corp.example:8443', 'https://models.corp.example:8443/v1'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
])('V8: a credential bound to %s may be sent to %s', (pattern, url) => {
  expect(mayReceive([pattern], url)).toBe(true);
});

test.each([
  ['api.openai.com', 'https://api.openai.com.evil.example/v1', 'a longer name'],
  ['api.openai.com', 'https://evil.example/api.openai.com', 'the name in the path'],
  ['api.openai.com', 'https://evil.example#api.openai.com', 'the name in the fragment'],
  ['api.openai.com', 'https://api.openai.com@evil.example/', 'the name as a user'],
  ['api.openai.com', 'https://user:pass@api.openai.com/', 'credentials'],
  ['api.openai.com', 'https://evil.example\\@api.openai.com/', 'a backslash'],
  ['api.openai.com', 'https://xapi.openai.com/', 'another name before'],
  ['api.openai.com', 'https://apixopenai.com/', 'a dot that is none'],
  ['api.openai.com', 'https://api.openai.com./', 'a trailing dot'],
  ['api.openai.com', 'https://api.openai.com:8443/', 'another port'],
  ['api.openai.com', 'http://api.openai.com/', 'no TLS'],
  ['http://127.0.0.1:8080', 'https://127.0.0.1:8080/', 'TLS where none was allowed'],
  ['api.openai.com', 'ftp://api.openai.com/', 'another scheme'],
  ['api.openai.com', 'api.openai.com', 'no URL'],
  ['*.openai.azure.com', 'https://openai.azure.com/', 'nothing for the asterisk'],
  ['*.openai.azure.com', 'https://a.b.openai.azure.com/', 'two labels for one asterisk'],
  ['*.openai.azure.com', 'https://evil.example/.openai.azure.com', 'the suffix in the path'],
  ['bedrock-runtime.*.amazonaws.com', 'https://bedrock-runtime.s3.evil.amazonaws.com/', 'a bucket of somebody else'],
  ['*-aiplatform.googleapis.com', 'https://storage.googleapis.com/', 'a neighbour'],
])('V8: a credential bound to %s is not sent to %s (%s)', (pattern, url) => {
  expect(mayReceive([pattern], url)).toBe(false);
});

test('V8: a credential bound to nothing is sent nowhere', () => {
  expect(mayReceive([], 'https://api.openai.com/')).toBe(false);
});

test.each(['api.openai.com', '*.a.example.com', 'a-*.example.com', 'localhost:8080', 'http://10.0.0.1', 'x.y'])(
  '%s may stand in the list',
  (pattern) => expect(isHostPattern(pattern)).toBe(true),
);

test.each([
  '',
  '*',
  '*.com',
  'a.*',
  'a.*.com',
  'https://a.example',
  'a.example/path',
  'a..b',
  'A.example',
  'a b',
  '.a.b',
  'a.b.',
  'a.b?c',
  '(a+)+.x.y',
])('%j may not stand in the list', (pattern) => expect(isHostPattern(pattern)).toBe(false));

test('a host is put together from settings, with an asterisk for what is missing or could end the name early', () => {
  const template = '{azure_resource_name}.openai.azure.com';
  expect(fillHost(template, { azure_resource_name: 'Team-1' })).toBe('team-1.openai.azure.com');
  for (const value of [undefined, '', 'evil.example/', 'evil.example#', 'a@b', 'a%2f', '-a', 7]) {
    expect(fillHost(template, { azure_resource_name: value })).toBe('*.openai.azure.com');
  }
});

test('only HTTP leads to a host', () => {
  expect(['https://a.b:444/c', 'http://a.b', 'file:///etc/passwd', 'javascript:1', ''].map(hostOf)).toEqual([
    'a.b:444',
    'http://a.b',
    undefined,
    undefined,
    undefined,
  ]);
});
