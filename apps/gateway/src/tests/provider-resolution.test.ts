import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, keyOf, routingOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai', three: 'openai', four: 'openai', plain: 'openai' });
  gateway = await startGateway({ virtualKeys: fleet.virtualKeys });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const ask = (headers: Record<string, string>, model = 'gpt-4o-mini', path = '/chat/completions') =>
  gateway.post(path, { model, messages: [{ role: 'user', content: 'Hello' }] }, { headers });

/** Who was asked, with which credential and model. */
const asked = async (headers: Record<string, string>, model?: string, path?: string) => {
  fleet.reset();
  const response = await ask(headers, model, path);
  const [slug] = Object.keys(fleet.calls());
  if (slug === undefined) return { status: response.status };
  const { headers: sent, body } = fleet.onlyRequest(slug);
  return { slug, key: sent.authorization, model: (body as { model?: string }).model };
};

const plain = () => ({
  'x-portkey-provider': 'openai',
  authorization: 'Bearer sk-own',
  'x-portkey-custom-host': fleet.at('plain').url,
});

describe('a request names its provider', () => {
  it('1. with @slug in the provider header, up to the first slash', async () => {
    const one = { slug: 'one', key: `Bearer ${keyOf('one')}`, model: 'gpt-4o-mini' };
    expect(await asked({ 'x-portkey-provider': '@one' })).toEqual(one);
    expect(await asked({ 'x-portkey-provider': '@one/whatever' })).toEqual(one);
  });

  it('2. with a virtual key', async () => {
    expect(await asked({ 'x-portkey-virtual-key': 'two' })).toMatchObject({ slug: 'two' });
  });

  it('3. with @slug before the model, which is taken off', async () => {
    expect(await asked({}, '@three/gpt-4o')).toEqual({
      slug: 'three',
      key: `Bearer ${keyOf('three')}`,
      model: 'gpt-4o',
    });
    expect(await asked({}, '@three/ft:gpt-4o/own')).toMatchObject({ slug: 'three', model: 'ft:gpt-4o/own' });
  });

  it('4. with @slug before the model in the query', async () => {
    expect(await asked({}, 'gpt-4o-mini', '/chat/completions?model=@four/gpt-4o')).toMatchObject({ slug: 'four' });
    expect(await asked({}, 'gpt-4o-mini', '/chat/completions?a=b&model=%40four%2Fgpt-4o')).toMatchObject({
      slug: 'four',
    });
  });

  it('5. with a plain name, and a credential of its own', async () => {
    expect(await asked(plain())).toEqual({ slug: 'plain', key: 'Bearer sk-own', model: 'gpt-4o-mini' });
  });

  it('6. with the deprecated mode', async () => {
    const { 'x-portkey-provider': _name, ...rest } = plain();
    expect(await asked({ ...rest, 'x-portkey-mode': 'proxy openai' })).toMatchObject({ slug: 'plain' });
  });

  it('the earlier in this list wins over the later', async () => {
    const query = '/chat/completions?model=@four/gpt-4o';
    const model = '@three/gpt-4o';
    expect(await asked({ 'x-portkey-provider': '@one', 'x-portkey-virtual-key': 'two' }, model, query)).toMatchObject({
      slug: 'one',
    });
    expect(
      await asked({ ...plain(), 'x-portkey-custom-host': '', 'x-portkey-virtual-key': 'two' }, model, query),
    ).toMatchObject({
      slug: 'two',
    });
    expect(await asked({ 'x-portkey-provider': 'openai' }, model, query)).toMatchObject({ slug: 'three' });
    expect(await asked({ 'x-portkey-provider': 'openai' }, 'gpt-4o', query)).toMatchObject({ slug: 'four' });
  });

  it('whatever slug is taken, the prefix of the model goes', async () => {
    expect(await asked({ 'x-portkey-provider': '@one' }, '@three/gpt-4o')).toMatchObject({
      slug: 'one',
      model: 'gpt-4o',
    });
  });

  it.each(['@cf/meta/llama-3', '@hf/org/model'])('%s is the name of a model, not of a slug', async (model) => {
    expect(await asked(plain(), model)).toMatchObject({ slug: 'plain', model });
  });
});

const refusal = async (headers: Record<string, string>, model?: string) => {
  const response = await ask(headers, model);
  expect(fleet.calls()).toEqual({});
  expect(response.headers.get('x-portkey-trace-id')).toBeTruthy();
  const body = (await response.json()) as { message: string; error: { message: string; type: string } };
  expect(body.error.message).toBe(body.message);
  return { status: response.status, message: body.message, type: body.error.type };
};

describe('a request that names nobody who exists is refused', () => {
  it('nobody at all', async () => {
    expect(await refusal({})).toEqual({
      status: 400,
      message: 'Either x-portkey-config or x-portkey-provider header is required',
      type: 'invalid_config',
    });
  });

  it.each(['nonsense', 'OpenAI', 'constructor', '__proto__'])('the plain name %s', async (name) => {
    expect(await refusal({ 'x-portkey-provider': name })).toEqual({
      status: 400,
      message: 'Invalid provider passed',
      type: 'invalid_request_error',
    });
  });

  it('a provider of the list that is not available yet', async () => {
    expect(await refusal({ 'x-portkey-provider': 'bedrock' })).toMatchObject({ message: 'Invalid provider passed' });
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['the provider header', { 'x-portkey-provider': '@gone' }, undefined],
    ['the virtual key header', { 'x-portkey-virtual-key': 'gone' }, undefined],
    ['the model', {}, '@gone/gpt-4o'],
    ['the virtual key of a config', { 'x-portkey-config': '{"virtual_key":"gone"}' }, undefined],
    ['the provider of a config', { 'x-portkey-config': '{"provider":"@gone"}' }, undefined],
    ['the model of a config', { 'x-portkey-config': '{"override_params":{"model":"@gone/gpt-4o"}}' }, undefined],
  ])('an unknown slug in %s', async (_where, headers, model) => {
    expect(await refusal(headers, model)).toEqual({
      status: 400,
      message: 'Following keys are not valid: gone',
      type: 'invalid_provider_slug',
    });
  });

  it('all unknown slugs of a config are named, before any target is tried', async () => {
    const targets = [{ virtual_key: 'one' }, { virtual_key: 'gone' }, { provider: '@lost' }, { virtual_key: 'gone' }];
    const config = JSON.stringify({ strategy: { mode: 'fallback' }, targets });
    expect(await refusal({ 'x-portkey-config': config })).toMatchObject({
      message: 'Following keys are not valid: gone, lost',
    });
  });
});

describe('a config that names a provider', () => {
  it('is stronger than the headers of the request', async () => {
    const config = JSON.stringify({ virtual_key: 'one' });
    const headers = { 'x-portkey-config': config, 'x-portkey-provider': '@two', 'x-portkey-virtual-key': 'three' };
    expect(await asked(headers)).toMatchObject({ slug: 'one' });
  });

  it('@slug as provider goes before the virtual key, and that before the model', async () => {
    const asks = (config: object) => asked({ 'x-portkey-config': JSON.stringify(config) });
    const model = { override_params: { model: '@three/gpt-4o' } };
    expect(await asks({ provider: '@one', virtual_key: 'two', ...model })).toMatchObject({
      slug: 'one',
      model: 'gpt-4o',
    });
    expect(await asks({ virtual_key: 'two', ...model })).toMatchObject({ slug: 'two', model: 'gpt-4o' });
    expect(await asks(model)).toMatchObject({ slug: 'three', model: 'gpt-4o' });
  });

  it('leaves the name of the provider in the answer, never the slug', async () => {
    const response = await ask({ 'x-portkey-provider': '@one' });
    expect(routingOf(response).provider).toBe('openai');
    expect(JSON.stringify([...response.headers])).not.toContain('@one');
  });
});
