import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { Refused } from './failure.ts';

/** Everything on a stream. @throws Refused  when there is more than allowed */
export const readAll = async (input: Readable, maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.byteLength;
    if (sizeBytes > maxBytes) throw new Refused(`There is more than ${maxBytes} bytes on stdin.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Asks a question; with `hidden`, what is typed is not shown. */
export const ask = async (
  question: string,
  { input, output, hidden }: { readonly input: Readable; readonly output: Writable; readonly hidden: boolean },
): Promise<string> => {
  output.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The terminal itself does not echo while readline listens; only readline writes, and that goes nowhere.
  const lines = createInterface({ input, output: hidden ? silent : output, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new Refused('Interrupted.')));
      lines.once('close', () => reject(new Refused('Nothing was typed.')));
      lines.once('line', resolve);
    });
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
};
