import { expect, it } from 'vitest';
import { testContext } from '../testing/context.ts';
import { openai } from './index.ts';
import { relayRequest } from './request.ts';

const chat = relayRequest('/chat/completions', { isChat: true });
const embed = relayRequest('/embeddings', { isChat: false });
const messages = [{ role: 'user', content: 'Hi' }];

it('hands on the very same body when nothing has to change', () => {
  const body = { model: 'gpt-4.1', messages, temperature: null, unheard_of: 1, tools: [{ type: 'function' }] };
  expect(chat(body, testContext()).body).toBe(body);
  const asking = { ...body, stream: true, stream_options: { include_usage: true } };
  expect(chat(asking, testContext()).body).toBe(asking);
});

it('copies only what it changes', () => {
  const clean = { role: 'user', content: 'Hi' };
  const body = { model: 'gpt-4.1', messages: [clean, { role: 'tool', content: '1', is_error: true }] };
  const { body: sent } = chat(body, testContext());
  expect(sent).toEqual({ model: 'gpt-4.1', messages: [clean, { role: 'tool', content: '1' }] });
  expect(Array.isArray(sent.messages) && sent.messages[0]).toBe(clean);
});

it('says once for each mark and parameter what was taken out', () => {
  const part = { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } };
  const body = {
    model: 'gpt-4.1',
    thinking: { type: 'enabled' },
    messages: [{ role: 'user', content: [part, part] }],
    tools: [{ type: 'function', cache_control: { type: 'ephemeral' } }],
  };
  expect(chat(body, testContext()).notices.map(({ kind, param }) => [kind, param])).toEqual([
    ['dropped', 'thinking'],
    ['dropped', 'cache_control'],
  ]);
});

it('asks for usage without losing other stream options, and overrules a refusal', () => {
  const body = {
    model: 'm',
    messages,
    stream: true,
    stream_options: { include_usage: false, include_obfuscation: false },
  };
  expect(chat(body, testContext()).body.stream_options).toEqual({ include_usage: true, include_obfuscation: false });
  expect(chat({ model: 'm', messages, stream: false }, testContext()).body.stream_options).toBeUndefined();
});

it('takes the SDK placeholder out and keeps nulls', () => {
  expect(chat({ model: 'm', messages, seed: null, top_p: 'portkey-default' }, testContext()).body).toEqual({
    model: 'm',
    messages,
    seed: null,
  });
});

it('keeps parameters of other providers for a custom host', () => {
  const body = { model: 'm', input: 'a', input_type: 'query', truncate: 'END' };
  expect(embed(body, testContext()).body).toEqual({ model: 'm', input: 'a' });
  expect(embed(body, testContext({ customHost: 'https://own.example/v1' })).body).toBe(body);
});

it('fits a body to its model only when the target asks for it', () => {
  const body = { model: 'o3', messages, temperature: 1 };
  const ask = { drop_unsupported_params: 'true' };
  expect(chat(body, testContext()).body).toBe(body);
  expect(chat(body, testContext({ settings: ask })).body).toEqual({ model: 'o3', messages });
});

it('leaves a model of nobody we know alone on a custom host', () => {
  const body = { model: 'qwen-3', messages: [{ role: 'developer', content: 'D' }], reasoning_effort: 'low' };
  const ctx = testContext({ settings: { drop_unsupported_params: 'true' }, customHost: 'https://own.example/v1' });
  expect(chat(body, ctx).body).toBe(body);
});

it('turns its settings into headers, and sends no authorization without a credential', () => {
  expect(
    openai.headers({ settings: { openai_organization: 'org', openai_project: 'p', openai_beta: 'b', x: 'y' } }),
  ).toEqual({
    'openai-organization': 'org',
    'openai-project': 'p',
    'openai-beta': 'b',
  });
});
