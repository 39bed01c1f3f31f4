import { describe, expect, it } from 'vitest';
import { plainAnswer, question, streamChunks, streamEnd } from './answer.ts';

describe('the fixed answers', () => {
  it('keep the size every figure is stated for', () => {
    expect(Buffer.byteLength(plainAnswer)).toBe(1_268);
  });

  it('stream twenty chunks and an end mark, each a whole event', () => {
    expect(streamChunks).toHaveLength(20);
    for (const event of [...streamChunks, streamEnd]) expect(event).toMatch(/^data: [^\n]+\n\n$/);
  });

  it('ask for a stream with the very bytes the upstream looks for', () => {
    expect(question(true)).toContain('"stream":true');
    expect(question(false)).not.toContain('"stream":true');
  });
});
