import { describe, expect, it } from 'vitest';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { testContext } from '../testing/context.ts';
import { openAiError } from './errors.ts';
import { relayAnswer } from './response.ts';

it('relays an answer as the very same object', () => {
  const body = { choices: [], odd: 1 };
  expect(relayAnswer('choices')(body, {}, testContext())).toEqual({ body, usage: undefined });
  expect(relayAnswer('choices')(body, {}, testContext()).body).toBe(body);
});

it('refuses a 2xx body of another shape, quoting at most 500 characters of it', () => {
  const answer = () => relayAnswer('choices')({ error: 'x'.repeat(2000) }, {}, testContext());
  expect(answer).toThrow(InvalidUpstreamResponse);
  expect(answer).toThrow(/^Invalid response received from openai: .{500}$/);
});

describe('an error answer is read in any of the known shapes', () => {
  it.each<[JsonObject | undefined, string, string, string | null]>([
    [{ error: { message: 'a', code: 'c' } }, '', 'a', 'c'],
    [{ error: 'a', code: 'c' }, '', 'a', 'c'],
    [{ object: 'error', message: 'a', code: 400 }, '', 'a', '400'],
    [{ detail: 'a' }, '', 'a', null],
    [{ detail: [{ msg: 'a' }, { msg: 'b' }] }, '', 'a; b', null],
    [{ errors: [{ message: 'a', code: 7 }] }, '', 'a', '7'],
    [{ error: { odd: 1 } }, '', '{"odd":1}', null],
    [{ odd: 1 }, '', 'Invalid response received from openai: {"odd":1}', null],
    [undefined, 'plain text', 'plain text', null],
    [undefined, '', 'HTTP 500', null],
  ])('%j', (body, text, message, code) => {
    expect(openAiError('openai')(500, body, text)).toMatchObject({ message, code });
  });
});
