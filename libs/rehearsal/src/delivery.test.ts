import { afterEach, expect, test } from 'vitest';
import { type Answer, deliver, type Manners, sseAnswer, sseFrame, textAnswer } from './delivery.ts';
import { type Listening, listen } from './listen.ts';

const open: Listening[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Serves one answer; `delivered` settles when the server is done with it. */
const serve = async (answer: Answer, manners: Manners) => {
  const { promise: delivered, resolve, reject } = deferred();
  const server = await listen((_request, response) => deliver(response, answer, manners).then(resolve, reject));
  open.push(server);
  return { origin: server.origin, delivered };
};

const deferred = () => {
  let resolve = (): void => undefined;
  let reject = (_reason: unknown): void => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};

const TEN_MINUTES_MS = 600_000;
const stream = sseAnswer([sseFrame('one'), sseFrame('two')]);

test.each<[string, Manners]>([
  ['before the headers', { delayMs: TEN_MINUTES_MS }],
  ['that never ends', { ending: { type: 'silent' } }],
])('a pause %s is cancelled when the client leaves', async (_name, manners) => {
  const { promise: arrived, resolve: onArrival } = deferred();
  const { promise: delivered, resolve } = deferred();
  const server = await listen((_request, response) => {
    onArrival();
    return deliver(response, stream, manners).then(resolve);
  });
  open.push(server);
  const leave = new AbortController();
  const answer = fetch(server.origin, { signal: leave.signal });
  await arrived;
  leave.abort();
  await expect(answer).rejects.toThrow();
  await delivered;
});

test.each<[string, Manners]>([
  ['before the first event', { firstFrameMs: TEN_MINUTES_MS }],
  ['between events', { paceMs: TEN_MINUTES_MS }],
  ['of a stalled stream', { ending: { type: 'stall', after: 1 } }],
])('a pause %s is cancelled when the client leaves', async (_name, manners) => {
  const { origin, delivered } = await serve(stream, manners);
  const leave = new AbortController();
  const response = await fetch(origin, { signal: leave.signal });
  expect(response.status).toBe(200);
  leave.abort();
  await delivered;
});

test('a cut beyond the end of an answer still cuts it', async () => {
  const { origin } = await serve(stream, { ending: { type: 'cut', after: 99 } });
  const response = await fetch(origin);
  await expect(response.text()).rejects.toThrow();
});

test('a cut plain answer gives its headers and half of its body', async () => {
  const { origin } = await serve(textAnswer(200, 'text/plain', 'abcdef'), { ending: { type: 'cut', after: 1 } });
  const response = await fetch(origin);
  expect(response.headers.get('content-length')).toBe('6');
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('abc');
  await expect(reader?.read()).rejects.toThrow();
});
