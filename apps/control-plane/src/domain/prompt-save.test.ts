import { describe, expect, test } from 'vitest';
import { EMPTY_CONTENT, type GivenContent, mergedContent, type PromptContent, savedContent } from './prompt-save.ts';

const latest: PromptContent = {
  template: 'old',
  parameters: { temperature: 1 },
  model: 'old-model',
  virtualKey: 'main',
  functions: [{ name: 'f' }],
  tools: [{ type: 'function' }],
  toolChoice: 'auto',
  templateMetadata: { azure_alias: 'a' },
  isRaw: true,
  description: 'first',
};
const whole: GivenContent = { string: 'new', parameters: {}, model: 'm' };

describe('what an update saves', () => {
  test('nothing about a version is no version, with patch or without', () => {
    expect(savedContent(latest, {}, false)).toBeUndefined();
    expect(savedContent(latest, { string: undefined, model: undefined }, true)).toBeUndefined();
  });

  test.each<[GivenContent, readonly string[]]>([
    [{ string: 'x' }, ['parameters', 'model']],
    [{ parameters: {} }, ['string', 'model']],
    [{ model: 'x' }, ['string', 'parameters']],
    [{ virtual_key: 'x' }, ['string', 'parameters', 'model']],
    [{ tool_choice: null }, ['string', 'parameters', 'model']],
    [{ is_raw_template: false }, ['string', 'parameters', 'model']],
    [{ version_description: null }, ['string', 'parameters', 'model']],
    [{ string: 'x', model: null }, ['parameters']],
  ])('without patch %j lacks %j', (given, missing) => {
    const refused = expect(() => savedContent(latest, given, false));
    refused.toThrow(
      expect.objectContaining({ errors: missing.map((name) => `${name}: is missing`), param: missing[0] }),
    );
  });

  test('without patch only the virtual key is kept', () => {
    expect(savedContent(latest, whole, false)).toEqual({
      ...EMPTY_CONTENT,
      template: 'new',
      model: 'm',
      virtualKey: 'main',
    });
  });

  test('with patch all that is not given is kept', () => {
    expect(savedContent(latest, { string: 'new' }, true)).toEqual({ ...latest, template: 'new' });
    expect(savedContent(latest, { is_raw_template: false }, true)).toEqual({ ...latest, isRaw: false });
  });

  test('null clears', () => {
    const cleared = mergedContent(latest, {
      model: null,
      virtual_key: null,
      functions: null,
      tools: null,
      tool_choice: null,
      template_metadata: null,
      version_description: null,
    });
    expect(cleared).toEqual({ ...EMPTY_CONTENT, template: 'old', parameters: { temperature: 1 }, isRaw: true });
  });
});
