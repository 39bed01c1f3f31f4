import { startRehearsal } from '@portolan/rehearsal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../testing/start-gateway.ts';

const page = 'https://app.example';
let rehearsal: Awaited<ReturnType<typeof startRehearsal>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  rehearsal = await startRehearsal({});
  gateway = await startGateway({
    env: { GATEWAY_CORS_ORIGINS: page, HEADERS_TO_METADATA: 'X-Team, x-absent', GATEWAY_REHEARSAL_URL: rehearsal.url },
  });
});
afterAll(async () => {
  await gateway.close();
  await rehearsal.close();
});

const preflight = (origin: string) =>
  fetch(`${gateway.url}/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-portkey-api-key' },
  });
const call = (headers: Record<string, string>) =>
  fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-portkey-provider': 'rehearsal', ...headers },
    body: JSON.stringify({ model: 'rehearsal', messages: [{ role: 'user', content: 'hi' }] }),
  });

describe('pages of a listed origin', () => {
  it('are told before they have a key that they may call, and with which headers', async () => {
    const answer = await preflight(page);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(page);
    expect(answer.headers.get('access-control-allow-headers')).toBe('x-portkey-api-key');
  });

  it('may read answers and refusals alike', async () => {
    const served = await call({ origin: page, 'x-portkey-api-key': gateway.key });
    expect(served.status).toBe(200);
    const refused = await call({ origin: page, 'x-portkey-api-key': 'wrong' });
    expect(refused.status).toBe(401);
    for (const answer of [served, refused]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(page);
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-portkey-trace-id');
    }
  });
});

it('pages of another origin are not let in', async () => {
  const answer = await preflight('https://evil.example');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

it('headers of the deployment become metadata, weaker than what the request says itself', async () => {
  const headers = { 'x-portkey-api-key': gateway.key, 'x-team': 'red' };
  await call({ ...headers, 'x-portkey-trace-id': 'plain' });
  await call({ ...headers, 'x-portkey-trace-id': 'said', 'x-portkey-metadata': '{"x-team":"blue"}' });
  const records = await gateway.logRecords(2, ({ traceId }) => traceId === 'plain' || traceId === 'said');
  const teamOf = (trace: string) => records.find(({ traceId }) => traceId === trace)?.metadata;
  expect(teamOf('plain')).toEqual({ 'x-team': 'red' });
  expect(teamOf('said')).toEqual({ 'x-team': 'blue' });
});
