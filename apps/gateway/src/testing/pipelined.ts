import { createConnection } from 'node:net';

export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends many requests down one connection, each without waiting for the one before, and gives their answers in
 * order. Every answer must have a `content-length`.
 * @param requests  whole requests as bytes go over the wire, one character a byte
 * @throws when the connection ends before the last answer
 */
export const pipelined = (port: number, requests: readonly string[]): Promise<readonly PlainAnswer[]> =>
  new Promise((resolve, reject) => {
    const answers: PlainAnswer[] = [];
    let received = '';
    const socket = createConnection(port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the connection ended after ${answers.length} answers`)));
    socket.on('data', (text: string) => {
      received += text;
      for (let answer = firstAnswer(received); answer !== undefined; answer = firstAnswer(received)) {
        received = received.slice(answer.sizeBytes);
        answers.push(answer);
      }
      if (answers.length < requests.length) return;
      resolve(answers);
      socket.destroy();
    });
    socket.write(requests.join(''), 'latin1');
  });

const firstAnswer = (text: string): (PlainAnswer & { sizeBytes: number }) | undefined => {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const sizeBytes = headEnd + 4 + length;
  if (text.length < sizeBytes) return undefined;
  return { status: Number(head.slice(9, 12)), body: text.slice(headEnd + 4, sizeBytes), sizeBytes };
};
