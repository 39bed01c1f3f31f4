import type { IncomingMessage } from 'node:http';

/**
 * The body of a request as text, or undefined when it is longer than the bound. A body that is too long is still
 * read to its end, and not kept: an answer sent before that would be lost with the connection.
 */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8');
};
