import { describe, expect, test } from 'vitest';
import { deepFreeze, type JsonObject } from './json.ts';
import { shapeBody } from './params-shaping.ts';

const shape = (
  body: JsonObject,
  policy: { defaultParams?: JsonObject; overrideParams?: JsonObject; dropParams?: readonly string[] },
): JsonObject => shapeBody(deepFreeze(body), { defaultParams: {}, overrideParams: {}, dropParams: [], ...policy });

describe('order and extent', () => {
  test('a default fills what the client left out; null counts as sent', () => {
    expect(shape({ a: null, b: 1 }, { defaultParams: { a: 2, b: 2, c: 2 } })).toEqual({ a: null, b: 1, c: 2 });
  });

  test('a placeholder model counts as left out', () => {
    expect(shape({ model: 'portkey-default' }, { defaultParams: { model: 'm' } })).toEqual({ model: 'm' });
    expect(shape({ model: 'own' }, { defaultParams: { model: 'm' } })).toEqual({ model: 'own' });
  });

  test('an override replaces whole values', () => {
    expect(shape({ a: { x: 1, y: 2 }, l: [1, 2] }, { overrideParams: { a: { x: 3 }, l: [4] } })).toEqual({
      a: { x: 3 },
      l: [4],
    });
  });

  test('override beats default, drop beats both', () => {
    const policy = { defaultParams: { a: 1, b: 1, c: 1 }, overrideParams: { b: 2, c: 2 }, dropParams: ['c'] };
    expect(shape({}, policy)).toEqual({ a: 1, b: 2 });
  });

  test('a body nothing is done to is the same object', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] };
    const same = {
      defaultParams: { model: 'other' },
      overrideParams: { model: 'm' },
      dropParams: [
        'seed',
        'messages[3]',
        'messages[*].name',
        'messages[*].content[*].cache_control',
        'model.x',
        'messages.a',
      ],
    };
    expect(shape(body, same)).toBe(body);
  });

  test('a __proto__ key of the caller travels on as data', () => {
    const body: JsonObject = JSON.parse('{"__proto__":{"a":1},"x":1}');
    const shaped = shape(body, { overrideParams: { y: 1 }, dropParams: ['x'] });
    expect(JSON.stringify(shaped)).toBe('{"__proto__":{"a":1},"y":1}');
    expect(shape({ x: 1 }, { dropParams: ['toString', '__proto__.x', 'constructor'] })).toEqual({ x: 1 });
  });
});

describe('drop paths', () => {
  const body = {
    logprobs: true,
    response_format: { type: 'json', json_schema: {} },
    tools: [{ function: { name: 'a', strict: true } }, { function: { name: 'b', strict: true } }],
    messages: [
      {
        content: [
          { text: '1', cache_control: {} },
          { text: '2', cache_control: {} },
        ],
      },
      { content: 'plain' },
    ],
  };
  test.each<[string, object]>([
    ['logprobs', { logprobs: undefined }],
    ['response_format.json_schema', { response_format: { type: 'json' } }],
    ['tools[0].function.strict', { tools: [{ function: { name: 'a' } }, body.tools[1]] }],
    ['tools[*].function.strict', { tools: [{ function: { name: 'a' } }, { function: { name: 'b' } }] }],
    ['tools[0]', { tools: [body.tools[1]] }],
    ['tools[*]', { tools: [] }],
    [
      'messages[*].content[*].cache_control',
      { messages: [{ content: [{ text: '1' }, { text: '2' }] }, { content: 'plain' }] },
    ],
    ['messages[0].content[1]', { messages: [{ content: [{ text: '1', cache_control: {} }] }, { content: 'plain' }] }],
  ])('%s', (path, changed) => {
    const wanted = Object.fromEntries(
      Object.entries({ ...body, ...changed }).filter(([, value]) => value !== undefined),
    );
    expect(shape(body, { dropParams: [path] })).toStrictEqual(wanted);
  });

  test.each([
    '',
    '.',
    'tools[',
    'tools[-1]',
    'tools[x]',
    '[0]',
    'tools..a',
    'tools[0]function',
    'tools.0',
    '*',
    'logprobs.',
  ])('a path written like %j does nothing', (path) => {
    expect(shape(body, { dropParams: [path] })).toBe(body);
  });

  test('a matrix may be dropped into', () => {
    expect(
      shape(
        {
          m: [
            [1, 2],
            [3, 4],
          ],
        },
        { dropParams: ['m[*][0]'] },
      ),
    ).toEqual({ m: [[2], [4]] });
  });
});
