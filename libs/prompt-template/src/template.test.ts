import fc from 'fast-check';
import Mustache from 'mustache';
import { describe, expect, test } from 'vitest';
import { components, partialReferences } from './components.ts';
import { PromptError } from './errors.ts';
import { MAX_SECTION_DEPTH, MAX_TEMPLATE_CHARS, parseTemplate } from './parse.ts';
import { render } from './render.ts';
import type { Variables } from './values.ts';

const text = (template: string, variables: Variables): string => {
  const rendered = render(template, { variables, partials: new Map(), kind: 'text' });
  return rendered.kind === 'text' ? rendered.prompt : '';
};

describe('the language', () => {
  test.each([
    ['Hi {{ name }}!', { name: 'Ada' }, 'Hi Ada!'],
    ['{{phone number}}', { 'phone number': '1' }, '1'],
    ['{{missing}}|{{nothing}}', { nothing: null }, '|'],
    ['{{a}}{{{a}}}{{&a}}', { a: '<&">' }, '<&"><&"><&">'],
    ['{{#on}}yes{{/on}}{{^on}}no{{/on}}', { on: true }, 'yes'],
    ['{{#on}}yes{{/on}}{{^on}}no{{/on}}', { on: [] }, 'no'],
    ['{{#on}}yes{{/on}}{{^on}}no{{/on}}', {}, 'no'],
    ['{{#list}}<{{.}}>{{/list}}', { list: ['a', 2, false] }, '<a><2><false>'],
    [
      '{{#people}}{{name}} of {{town}},{{/people}}',
      { town: 'T', people: [{ name: 'A' }, { name: 'B', town: 'U' }] },
      'A of T,B of U,',
    ],
    ['{{person.name.first}}', { person: { name: { first: 'A' } } }, 'A'],
    ['a{{! not shown }}b', {}, 'ab'],
    ['{{=<% %>=}}<% a %>{{a}}', { a: 1 }, '1{{a}}'],
    ['{{n}} {{z}} {{list}} {{o}}', { n: 1.5, z: 0, list: [1, [2, null], 'x'], o: {} }, '1.5 0 1,2,,x [object Object]'],
    ['one\n{{#on}}\ntwo\n{{/on}}\nthree', { on: true }, 'one\ntwo\nthree'],
    ['one\r\n  {{! gone }}\r\ntwo', {}, 'one\r\ntwo'],
  ])('%j with %j is %j', (template, variables, expected) => {
    expect(text(template, variables)).toBe(expected);
  });

  test('what every object inherits is no variable', () => {
    expect(text('{{toString}}{{constructor.name}}{{__proto__}}{{#hasOwnProperty}}x{{/hasOwnProperty}}', {})).toBe('');
  });

  test('a variable may be called like an inherited property', () => {
    expect(text('{{__proto__}}{{constructor}}', JSON.parse('{"__proto__":"a","constructor":"b"}'))).toBe('ab');
  });

  test('agrees with mustache.js on any nesting of its tags', () => {
    const name = fc.constantFrom('a', 'b', 'list', 'on', 'o.a', '.');
    const piece = fc.constantFrom('x', ' ', '\n', 'line\n', '  \n', '"', '{', '}', '<&>');
    const tree = fc.letrec<{ node: string; nodes: string }>((tie) => ({
      nodes: fc.array(tie('node'), { maxLength: 6 }).map((parts) => parts.join('')),
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        piece,
        name.map((n) => ` {{ ${n} }}`),
        name.map((n) => ` {{{${n}}}}`),
        fc.constant('{{! note }}'),
        fc
          .tuple(fc.constantFrom('#', '^'), name, tie('nodes'))
          .map(([sigil, n, inner]) => `{{${sigil}${n}}}${inner}{{/${n}}}`),
      ),
    }));
    const variables = fc.record(
      {
        a: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
        b: fc.array(fc.oneof(fc.string(), fc.boolean()), { maxLength: 3 }),
        list: fc.array(fc.record({ a: fc.string(), on: fc.boolean() }, { noNullPrototype: true }), { maxLength: 3 }),
        on: fc.boolean(),
        o: fc.record({ a: fc.string() }, { noNullPrototype: true }),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(tree.nodes, variables, (template, values) => {
        let expected: string;
        try {
          expected = Mustache.render(template, values, {}, { escape: String });
        } catch {
          // A lone brace before a tag makes another tag of it; what counts is that neither takes the template.
          expect(() => text(template, values)).toThrow(PromptError);
          return;
        }
        expect(text(template, values)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what cannot be parsed', () => {
  test.each([
    ['{{a', 'Unclosed tag at 0'],
    ['x{{{a}}', 'Unclosed tag at 1'],
    ['{{#a}}', 'Unclosed section "a"'],
    ['{{/a}}', 'Unopened section "a"'],
    ['{{#a}}{{/b}}', 'Unclosed section "a"'],
    ['{{=x=}}', 'Invalid tags'],
    [`{{${'n'.repeat(256)}}}`, 'Too long a name at 0'],
    ['x'.repeat(MAX_TEMPLATE_CHARS + 1), `more than ${MAX_TEMPLATE_CHARS} characters`],
  ])('%.20s is refused', (template, problem) => {
    expect(() => parseTemplate(template)).toThrow(new PromptError('template', problem));
  });

  test('sections nest to a limit and no deeper', () => {
    const nested = (depth: number) => '{{#a}}'.repeat(depth) + '{{/a}}'.repeat(depth);
    expect(parseTemplate(nested(MAX_SECTION_DEPTH))).toHaveLength(1);
    expect(() => parseTemplate(nested(MAX_SECTION_DEPTH + 1))).toThrow(PromptError);
  });

  test('a tag of nothing but blanks costs no more than its length', () => {
    expect(text(`{{a${' '.repeat(MAX_TEMPLATE_CHARS - 10)}}}`, { a: 'x' })).toBe('x');
    expect(() => parseTemplate(`{{a${' '.repeat(MAX_TEMPLATE_CHARS - 10)}x}}`)).toThrow(PromptError);
  });
});

describe('what a template needs', () => {
  test('every name once, in the order of use', () => {
    const template =
      '{{b}}{{a}}{{b}}{{#list}}{{item}}{{.}}{{^none}}{{>pp-in@2}}{{a}}{{/none}}{{/list}}{{>pp-x}}{{>> which }}{{>pp-x}}{{!no}}';
    expect(components(template)).toEqual({
      variables: ['b', 'a'],
      partials: ['pp-in@2', 'pp-x'],
      variablePartials: ['which'],
      sections: ['list', 'none'],
      sectionVariables: ['item', 'a'],
    });
  });

  test('partials to fetch are those written and those that variables name', () => {
    const needed = components('{{>pp-x}}{{>>which}}{{>>other}}');
    expect(partialReferences(needed, { which: 'pp-y@2', other: 'pp-x' })).toEqual(['pp-x', 'pp-y@2']);
  });

  test.each([{}, { which: '' }, { which: 7 }, { which: null }])(
    'a variable partial without a name: %j',
    (variables) => {
      expect(() => partialReferences(components('{{>>which}}{{>>b}}'), variables)).toThrow(
        'Missing variable partials: which, b',
      );
    },
  );
});
