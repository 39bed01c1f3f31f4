import { createServer, type IncomingMessage } from 'node:http';

export interface KmsRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly text: string;
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

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * An HTTP server that speaks as a KMS does.
 * @param answer what it says to a request; undefined leaves the request without an answer
 */
export const startKmsStandIn = async (answer: (request: KmsRequest) => KmsAnswer | undefined): Promise<KmsStandIn> => {
  const requests: KmsRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const text = await readText(incoming);
    const body = text === '' ? {} : JSON.parse(text);
    const request = { path: incoming.url ?? '', headers: incoming.headers, body, text };
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
