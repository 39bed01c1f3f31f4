import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process from 'node:process';
import { plainAnswer, streamChunks, streamEnd } from './answer.ts';

/** The provider that always says the same, in a process of its own. Keep-alive outlasts any pause between windows. */
const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => answer(request, response, Buffer.concat(parts)));
});

function answer(_request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream(response, 0);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(plainAnswer) });
  response.end(plainAnswer);
}

/** One chunk a turn of the event loop: each is a write of its own on the wire, as tokens are. */
function stream(response: ServerResponse, index: number): void {
  const chunk = streamChunks[index];
  if (chunk === undefined) {
    response.end(streamEnd);
    return;
  }
  response.write(chunk);
  setImmediate(stream, response, index + 1);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ type: 'ready', port: address.port });
});
process.on('disconnect', () => process.exit(0));
