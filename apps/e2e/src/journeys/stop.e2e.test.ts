import { once } from 'node:events';
import { connect } from 'node:net';
import { type StandIn, startStandIn } from '@portolan/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { QUESTION } from '../set-up/raw.ts';

let platform: Platform;
let standIn: StandIn;
beforeEach(async () => {
  [platform, standIn] = await Promise.all([startPlatform(), startStandIn('openai')]);
});
afterEach(async () => standIn?.close());

describe('a platform that is told to stop', () => {
  it('does not wait for a client that holds a connection it never used', async () => {
    const { hostname, port } = new URL(platform.apiUrl);
    const idle = connect({ host: hostname, port: Number(port) });
    await once(idle, 'connect');
    try {
      await platform.stop();
    } finally {
      idle.destroy();
    }
  });

  it('lets a stream that has begun come to its end', async () => {
    standIn.script({ text: 'one two three four five six', paceMs: 100 });
    const answer = await fetch(`${platform.apiUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-portkey-api-key': platform.apiKey,
        'x-portkey-config': JSON.stringify({ provider: 'openai', api_key: 'sk-key', custom_host: standIn.url }),
      },
      body: JSON.stringify({ ...QUESTION, stream: true }),
      signal: AbortSignal.timeout(20_000),
    });
    const [text] = await Promise.all([answer.text(), platform.stop()]);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });
});
