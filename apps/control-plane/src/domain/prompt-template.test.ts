import { MAX_TEMPLATE_CHARS } from '@portolan/prompt-template';
import { describe, expect, test } from 'vitest';
import { checkedTemplate } from './prompt-template.ts';

const kindOf = (template: string, isRaw = false) => checkedTemplate(template, isRaw).kind;

describe('what a template is', () => {
  test.each([['[{"role":"user","content":"{{a}}"}]'], [' \n[ {"role": "{{role}}", "content": [{"type": "text"}]} ] ']])(
    '%j is a chat',
    (template) => expect(kindOf(template)).toBe('chat'),
  );

  test.each([
    ['Hello {{name}}'],
    ['[{{name}}] hello'],
    ['{"messages": []}'],
    ['["a", "b"]'],
    ['[1]'],
    ['[see below] {{text}}'],
    ['null'],
  ])('%j is a text', (template) => expect(kindOf(template)).toBe('text'));

  test('what is JSON only when it is rendered is a chat by its flag', () => {
    expect(kindOf('{{#list}}[{"role":"user","content":"x"}]{{/list}}', true)).toBe('chat');
    expect(kindOf('[{"role":"user","content":{{x}}}]', true)).toBe('chat');
  });

  test.each([
    ['[]', 'at least one'],
    ['[{"content":"x"}]', 'message 0'],
    ['[{"role":"user"},{"role":""}]', 'message 1'],
    ['[{"role":"user","content":{{x}}}]', 'is_raw_template'],
    ['[{"role":"user"},]', 'is_raw_template'],
    ['{{#a}}', 'Unclosed section'],
    ['{{/a}}', 'Unopened section'],
    ['{{a', 'Unclosed tag'],
    ['x'.repeat(MAX_TEMPLATE_CHARS + 1), String(MAX_TEMPLATE_CHARS)],
  ])('%.40j is refused', (template, text) => {
    expect(() => kindOf(template)).toThrow(
      expect.objectContaining({ param: 'string', message: expect.stringContaining(text) }),
    );
  });

  test('a flag does not excuse what cannot be parsed', () => {
    expect(() => kindOf('{{#a}}', true)).toThrow(/Unclosed section/);
    expect(() => kindOf('[{"content":"x"}]', true)).toThrow(/role/);
  });

  test('its names and references are found', () => {
    expect(checkedTemplate('{{a}} {{#s}}{{b}}{{/s}} {{>pp-x@2}} {{>>named}}', false).components).toEqual({
      variables: ['a'],
      partials: ['pp-x@2'],
      variablePartials: ['named'],
      sections: ['s'],
      sectionVariables: ['b'],
    });
  });
});
