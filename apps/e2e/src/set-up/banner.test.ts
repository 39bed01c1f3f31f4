import { describe, expect, it } from 'vitest';
import { printedSnippet, readBanner } from './banner.ts';

const BANNER = `
Portolan is ready.

  Gateway     http://127.0.0.1:8787/v1
  API key     pk-abc
  Management  http://127.0.0.1:8787/v1
  Admin key   in /data of mine/admin-key

── curl

curl http://127.0.0.1:8787/v1

── Python (pip install portkey-ai)

print("a")

print("b")

Ctrl-C stops it.
`;

describe('the banner', () => {
  it('gives URL and keys only when it is whole', () => {
    expect(readBanner(BANNER)).toEqual({
      apiUrl: 'http://127.0.0.1:8787/v1',
      apiKey: 'pk-abc',
      adminKeyFile: '/data of mine/admin-key',
    });
    expect(readBanner(BANNER.slice(0, 120))).toBeUndefined();
  });

  it('gives each snippet without headings and without the last line', () => {
    expect(printedSnippet(BANNER, 'curl')).toBe('curl http://127.0.0.1:8787/v1');
    expect(printedSnippet(BANNER, 'Python')).toBe('print("a")\n\nprint("b")');
  });

  it('fails loudly for a client without a snippet', () => {
    expect(() => printedSnippet(BANNER, 'LlamaIndex')).toThrow('LlamaIndex');
  });
});
