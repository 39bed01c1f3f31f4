import { describe, expect, it } from 'vitest';
import { luaScript } from './wrk.ts';

describe('luaScript', () => {
  it('cannot be left by a quote, a backslash or a line break in a header or body', () => {
    const script = luaScript({ url: 'http://127.0.0.1/', headers: { 'x-config': '{"a":"\\n"}' }, body: 'é\n' });
    expect(script).toContain('wrk.headers["x-config"] = "{\\034a\\034:\\034\\092n\\034}"');
    expect(script).toContain('wrk.body = "\\195\\169\\010"');
  });
});
