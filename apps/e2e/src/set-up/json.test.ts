import { describe, expect, it } from 'vitest';
import { at } from './json.ts';

describe('at', () => {
  const value = { choices: [{ message: { content: 'hi', tool_calls: null } }] };

  it('follows names and positions', () => {
    expect(at(value, 'choices', 0, 'message', 'content')).toBe('hi');
  });

  it('tells an absent value from null', () => {
    expect(at(value, 'choices', 0, 'message', 'tool_calls')).toBeNull();
    expect(at(value, 'choices', 1, 'message')).toBeUndefined();
    expect(at(value, 'choices', 0, 'message', 'content', 'length')).toBeUndefined();
  });
});
