import { afterEach, expect, test } from 'vitest';
import { until } from '../waiting.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

const open: StandIn[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

const start = async (options?: { readonly apiKey: string }): Promise<StandIn> => {
  const standIn = await startStandIn('openai', options);
  open.push(standIn);
  return standIn;
};

const chat = (standIn: StandIn, more: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${standIn.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer K' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'one two' }], ...more }),
    ...init,
  });

test('scripted behaviours are used up in order, then all goes well', async () => {
  const standIn = await start();
  standIn.script({ status: 429, retryAfterS: 3 }, { status: 503 }, 'ok', { text: 'Scripted.' });
  const answers = [
    await chat(standIn),
    await chat(standIn),
    await chat(standIn),
    await chat(standIn),
    await chat(standIn),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([429, 503, 200, 200, 200]);
  expect(answers[0]?.headers.get('retry-after')).toBe('3');
  expect(await answers[3]?.json()).toMatchObject({ choices: [{ message: { content: 'Scripted.' } }] });
  expect(await answers[4]?.json()).toMatchObject({ choices: [{ message: { content: 'You said: one two' } }] });
});

test('requests are recorded as they arrived', async () => {
  const standIn = await start();
  await chat(standIn, { seed: 4 });
  expect(standIn.requests).toHaveLength(1);
  expect(standIn.requests[0]).toMatchObject({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer K' },
    body: { model: 'gpt-4o-mini', seed: 4 },
    problem: undefined,
  });
  await until(() => standIn.requests[0]?.outcome === 'answered');
});

test('a refused request says why and uses up no behaviour', async () => {
  const standIn = await start({ apiKey: 'right' });
  standIn.script({ status: 503 });
  expect((await chat(standIn)).status).toBe(401);
  expect(standIn.requests[0]?.problem).toBe('the key is missing or wrong');
  expect((await chat(standIn, {}, { headers: { authorization: 'Bearer right' } })).status).toBe(503);
});

test('a caller that leaves in the middle of a stream is seen', async () => {
  const standIn = await start();
  standIn.script({ stallAfter: 2 });
  const leave = new AbortController();
  const response = await chat(standIn, { stream: true }, { signal: leave.signal });
  expect(response.status).toBe(200);
  expect(standIn.requests[0]?.outcome).toBe('pending');
  leave.abort();
  await until(() => standIn.requests[0]?.outcome === 'left');
});

test('a cut connection is our doing', async () => {
  const standIn = await start();
  standIn.script({ cutAfter: 2 });
  const response = await chat(standIn, { stream: true });
  await expect(response.text()).rejects.toThrow();
  await until(() => standIn.requests[0]?.outcome === 'broken');
});

test('an answer can be held until the test lets it go', async () => {
  const standIn = await start();
  let release = (): void => undefined;
  standIn.script({
    hold: new Promise<void>((resolve) => {
      release = resolve;
    }),
  });
  let answered = false;
  const answer = chat(standIn).then((response) => {
    answered = true;
    return response.status;
  });
  await until(() => standIn.requests.length === 1);
  expect((await chat(standIn)).status).toBe(200);
  expect(answered).toBe(false);
  release();
  expect(await answer).toBe(200);
});

test('raw bodies, resets and silence can be scripted', async () => {
  const standIn = await start();
  standIn.script({ status: 502, rawBody: '<html>Bad gateway</html>' }, { reset: true }, { silent: true });
  const page = await chat(standIn);
  expect([page.status, await page.text()]).toEqual([502, '<html>Bad gateway</html>']);
  await expect(chat(standIn)).rejects.toThrow();
  const leave = new AbortController();
  const silent = chat(standIn, {}, { signal: leave.signal });
  await until(() => standIn.requests.length === 3);
  leave.abort();
  await expect(silent).rejects.toThrow();
});

test('the record is bounded and can be forgotten', async () => {
  const standIn = await start();
  standIn.script({ status: 500 });
  await chat(standIn, { model: 'claude-haiku-4-5' });
  standIn.reset();
  expect(standIn.requests).toHaveLength(0);
  expect((await chat(standIn)).status).toBe(200);
});
