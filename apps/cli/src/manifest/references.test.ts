import { describe, expect, test } from 'vitest';
import { replaceReferences } from './references.ts';

const shown = (spec: Parameters<typeof replaceReferences>[0]) =>
  replaceReferences(spec, ({ kind, by, text }) => `<${kind} ${by} ${text}>`);

describe('references', () => {
  test('are found at any depth of a config', () => {
    expect(
      shown({
        config: {
          targets: [
            { virtual_key: { name: 'a' } },
            { targets: [{ provider: { name: 'b' } }, { provider: '@c' }, { prompt_id: 'pp-d' }] },
          ],
          input_guardrails: [{ name: 'g' }, 'pg-h'],
          before_request_hooks: [{ id: { name: 'i' }, type: 'guardrail' }],
        },
      }),
    ).toEqual({
      config: {
        targets: [
          { virtual_key: '<VirtualKey name a>' },
          {
            targets: [
              { provider: '@<VirtualKey name b>' },
              { provider: '@<VirtualKey handle c>' },
              { prompt_id: '<Prompt handle pp-d>' },
            ],
          },
        ],
        input_guardrails: ['<Guardrail name g>', '<Guardrail handle pg-h>'],
        before_request_hooks: [{ id: '<Guardrail name i>', type: 'guardrail' }],
      },
    });
  });

  test('what is sent to a provider or kept for people is none of them', () => {
    const spec = {
      parameters: { virtual_key: { name: 'a' } },
      tools: [{ config_id: { name: 'a' } }],
      defaults: { metadata: { virtual_key: 'text' } },
      config: { provider: 'openai', override_params: { prompt_id: 'x' } },
    };
    expect(shown(spec)).toEqual(spec);
  });

  test('partials are named inside of templates, with a version where there is one', () => {
    const of = (string: string) => shown({ string }).string;
    expect(of('{{>name:be kind}} {{> name:x@2 }} {{>pp-a@latest}} {{>>own}} {{name:no}}')).toBe(
      '{{><Partial name be kind>}} {{><Partial name x>@2}} {{><Partial handle pp-a>@latest}} {{>>own}} {{name:no}}',
    );
  });
});
