import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PromptError } from './errors.ts';
import { MAX_RENDERED_CHARS, type RenderOptions, render } from './render.ts';
import type { Variables } from './values.ts';

const none = new Map<string, string>();
const chat = (
  template: string,
  variables: Variables,
  partials: RenderOptions['partials'] = none,
): readonly unknown[] => {
  const rendered = render(template, { variables, partials, kind: 'chat' });
  return rendered.kind === 'chat' ? rendered.messages : [];
};
const text = (template: string, variables: Variables, partials: RenderOptions['partials'] = none): string => {
  const rendered = render(template, { variables, partials, kind: 'text' });
  return rendered.kind === 'text' ? rendered.prompt : '';
};
const user = (content: string) => JSON.stringify([{ role: 'user', content }]);

describe('values', () => {
  test('quotes, line ends and markup come out of a chat template byte for byte', () => {
    const a = 'He said "hi"\nbye & <x>';
    expect(chat(user('{{a}}'), { a })).toEqual([{ role: 'user', content: a }]);
  });

  test('any string comes out as it went in, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, around) => {
        const before = around.replaceAll('{', '');
        expect(chat(user(`${before}{{a}}|{{{a}}}{{#a}}{{.}}{{/a}}`), { a })).toEqual([
          { role: 'user', content: `${before}${a}|${a}${a}` },
        ]);
        expect(text('<{{a}}>', { a })).toBe(`<${a}>`);
      }),
    );
  });

  test('a tag inside of a value stays text', () => {
    const a = '{{secret}}{{>pp-x}}{{#a}}';
    expect(chat(user('{{a}}'), { a, secret: 's' })).toEqual([{ role: 'user', content: a }]);
    expect(text('{{>p}}', { a, secret: 's' }, new Map([['p', '{{a}}']]))).toBe(a);
  });

  test('strings inside of lists and objects are taken as they are', () => {
    expect(chat(user('{{#list}}{{.}};{{/list}}'), { list: ['a', 'b'] })).toEqual([{ role: 'user', content: 'a;b;' }]);
    expect(chat('[{{#list}}{{.}}{{/list}}]', { list: ['{"role":"user"}'] })).toEqual([{ role: 'user' }]);
  });

  test('numbers and booleans may stand outside of quotes', () => {
    expect(chat('[{"n":{{n}},"b":{{b}}}]', { n: 4, b: false })).toEqual([{ n: 4, b: false }]);
  });
});

describe('sections around JSON', () => {
  const template =
    '[{"role":"user","content":[{"type":"text","text":"{{q}}"}{{#image}},{"type":"image_url","image_url":{"url":"{{image}}"}}{{/image}}]}]';

  test('both branches give whole messages', () => {
    const question = { type: 'text', text: 'what?' };
    const image = { type: 'image_url', image_url: { url: 'https://x/y.png' } };
    expect(chat(template, { q: 'what?' })).toEqual([{ role: 'user', content: [question] }]);
    expect(chat(template, { q: 'what?', image: 'https://x/y.png' })).toEqual([
      { role: 'user', content: [question, image] },
    ]);
  });

  test.each(['not json', '{"role":"user"}', '"text"', '[1,', ''])('%j is no list of messages', (broken) => {
    expect(() => chat(broken, {})).toThrow(/^Error in parsing prompt template: /);
  });

  test('the error says nothing of the text', () => {
    expect(() => chat('[{{secret}}', { secret: 'hush' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hush') }),
    );
  });
});

describe('partials', () => {
  test('quotes and line ends of a partial survive in a chat template', () => {
    const partials = new Map([['pp-tone', 'Be "kind",\n{{name}}.']]);
    expect(chat(user('{{>pp-tone}}'), { name: 'Ada' }, partials)).toEqual([
      { role: 'user', content: 'Be "kind",\nAda.' },
    ]);
  });

  test('a value that goes through a partial is escaped twice, as prompts were written for', () => {
    expect(chat(user('{{>p}}'), { a: 'x"y' }, new Map([['p', '{{a}}']]))).toEqual([{ role: 'user', content: 'x\\"y' }]);
  });

  test('a text template takes a partial as it is', () => {
    expect(text('A {{>p}} B', { a: '"\n"' }, new Map([['p', '<{{a}}>']]))).toBe('A <"\n"> B');
  });

  test('a partial sees the variables of the call, not the element of a list', () => {
    const partials = new Map([['p', '{{x}}']]);
    expect(text('{{#list}}{{x}}{{>p}} {{/list}}', { x: 'top', list: [{ x: 1 }, { x: 2 }] }, partials)).toBe(
      '1top 2top ',
    );
  });

  test('a partial inside of a partial is nothing, itself included', () => {
    expect(text('{{>p}}', {}, new Map([['p', 'a{{>p}}b{{>q}}c']]))).toBe('abc');
  });

  test('a variable names the partial', () => {
    expect(text('{{>>which}}', { which: 'p@2' }, new Map([['p@2', 'two']]))).toBe('two');
    expect(() => text('{{>>which}}', {}, none)).toThrow('Missing variable partials: which');
  });

  test('a partial that was not supplied is named', () => {
    expect(() => text('{{>pp-x@3}}', {}, none)).toThrow('Missing prompt partials: pp-x@3');
  });
});

describe('limits', () => {
  test('lists in lists that write nothing end in an error, not in hours', () => {
    const a = Array.from({ length: 1_000 }, () => 1);
    expect(() => text(`${'{{#a}}'.repeat(8)}${'{{/a}}'.repeat(8)}`, { a })).toThrow(/more than \d+ steps/);
  });

  test('a result beyond the limit is refused', () => {
    const long = 'x'.repeat(MAX_RENDERED_CHARS / 4);
    expect(text('{{a}}{{a}}{{a}}{{a}}', { a: long })).toHaveLength(MAX_RENDERED_CHARS);
    expect(() => text('{{a}}{{a}}{{a}}{{a}}.', { a: long })).toThrow(/characters rendered/);
    expect(() => text('{{>p}}{{>p}}{{>p}}{{>p}}{{>p}}', { a: long }, new Map([['p', '{{a}}']]))).toThrow(
      /characters rendered/,
    );
  });

  test('a list nested a hundred thousand times is refused', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => text('{{deep}}', { deep })).toThrow(PromptError);
    expect(text('{{#deep}}x{{/deep}}', { deep })).toBe('x');
  });

  test('a name of many parts is refused', () => {
    expect(() => text(`{{${'a.'.repeat(16)}a}}`, {})).toThrow(PromptError);
  });

  test('whatever the template, the partials and the variables, nothing but a prompt error comes out', () => {
    const fragment = fc.oneof(
      fc.constantFrom(
        '{{',
        '}}',
        '{{#',
        '{{^a}}',
        '{{/a}}',
        '{{>p}}',
        '{{>>a}}',
        '{{=',
        '=}}',
        '{{=| |=}}',
        '|',
        '{',
        '}',
        '"',
        '[',
        ']',
        '\n',
        '.',
      ),
      fc.string({ maxLength: 4 }),
    );
    const template = fc.array(fragment, { maxLength: 20 }).map((parts) => parts.join(''));
    const variables = fc.dictionary(fc.constantFrom('a', 'p', 'toString', '__proto__', 'a.b'), fc.jsonValue());
    fc.assert(
      fc.property(template, template, variables, fc.constantFrom('chat', 'text'), (main, partial, values, kind) => {
        try {
          render(main, { variables: values, partials: new Map([['p', partial]]), kind });
        } catch (error) {
          expect(error).toBeInstanceOf(PromptError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
