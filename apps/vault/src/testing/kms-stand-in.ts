import { createServer, type IncomingMessage } from 'node:http';

export interface KmsRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, string>>;
}

export interface KmsAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface KmsStandIn {
  readonly url: string;
  readonly requests: readonly KmsRequest[];
  close(): Promise<void>;
}

const readBody = async (request: IncomingMessage): Promise<Readonly<Record<string, string>>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
};

/**
 * An HTTP server that speaks as a KMS does.
 * @param answer what it says to a request; undefined leaves the request without an answer
 */
export const startKmsStandIn = async (answer: (request: KmsRequest) => KmsAnswer | undefined): Promise<KmsStandIn> => {
  const requests: KmsRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = { path: incoming.url ?? '', headers: incoming.headers, body: await readBody(incoming) };
    requests.push(request);
    const said = answer(request);
    if (said !== undefined) outgoing.writeHead(said.status).end(JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
