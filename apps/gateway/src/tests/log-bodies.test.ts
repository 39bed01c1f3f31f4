import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatBody, onlyRecord, type RecordedWorld, startRecordedWorld } from '../testing/recorded-calls.ts';

let world: RecordedWorld;

beforeAll(async () => {
  world = await startRecordedWorld();
});
afterAll(() => world.close());
beforeEach(() => world.fleet.reset());

const one = { virtual_key: 'one' };

describe('bodies', () => {
  it('as the caller sent it, as it was sent on where that differs, and as the caller got it', async () => {
    const asked = await world.ask({ config: { ...one, override_params: { temperature: 0.2 } } });
    const row = onlyRecord(asked);
    expect(JSON.parse(row.requestBody ?? '')).toEqual(chatBody());
    expect(JSON.parse(row.sentBody ?? '')).toMatchObject({ ...chatBody(), temperature: 0.2 });
    expect(row.responseBody).toBe(asked.text);
    expect(onlyRecord(await world.ask({ config: one })).sentBody).toBeNull();
  });

  it('a stream is kept as one answer', async () => {
    world.fleet.at('one').script({ text: 'one two three' });
    const row = onlyRecord(await world.ask({ config: one }, chatBody({ stream: true })));
    expect(JSON.parse(row.responseBody ?? '')).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' }],
    });
  });

  it('an error is kept as the caller saw it, or would have', async () => {
    world.fleet.at('one').script({ status: 401, message: 'who are you' });
    const asked = await world.ask({ config: one });
    expect(onlyRecord(asked).responseBody).toBe(asked.text);
    world.fleet.reset();
    world.fleet.at('one').script({ status: 503, message: 'not now' });
    const config = { strategy: { mode: 'fallback' }, targets: [one, { virtual_key: 'two' }] };
    const { rows } = await world.ask({ config }, chatBody(), '/chat/completions', 2);
    expect(rows[0]?.responseBody).toContain('not now');
  });

  it('the vectors of embeddings are left out', async () => {
    const row = onlyRecord(
      await world.ask({ config: one }, { model: 'text-embedding-3-small', input: 'canary' }, '/embeddings'),
    );
    expect(row).toMatchObject({ endpoint: 'embed', status: 200 });
    expect(row.requestBody).toContain('canary');
    expect(row.responseBody).toBe('...REDACTED...');
    expect(row.usage?.promptTokens).toBeGreaterThan(0);
  });

  it('a long one is cut, with a mark, and the caller gets all of it', async () => {
    const long = 'long '.repeat(300_000);
    world.fleet.at('one').script({ text: long });
    const asked = await world.ask({ config: one }, chatBody({ messages: [{ role: 'user', content: long }] }));
    expect(asked.text).toContain(long.trim());
    const row = onlyRecord(asked);
    for (const body of [row.requestBody, row.responseBody]) {
      expect(body?.length).toBeLessThan(1024 * 1024 + 100);
      expect(body).toMatch(/cut at 1048576 of \d+ bytes\]$/);
    }
  });

  describe('with debug switched off', () => {
    const quiet = { 'x-portkey-debug': 'false' };

    it('none of a call that went well, plain or streamed, are kept', async () => {
      for (const stream of [false, true]) {
        const row = onlyRecord(await world.ask({ config: one, headers: quiet }, chatBody({ stream })));
        expect(row).toMatchObject({ status: 200, requestBody: null, sentBody: null, responseBody: null });
        expect(row.usage).not.toBeNull();
        expect(row.finishReason).toBe('stop');
      }
    });

    it('of a call that failed the answer is kept, and nothing of what was asked', async () => {
      world.fleet.at('one').script({ status: 401, message: 'because' });
      const row = onlyRecord(await world.ask({ config: one, headers: quiet }));
      expect(row).toMatchObject({ requestBody: null, sentBody: null });
      expect(row.responseBody).toContain('because');
    });

    it('no text of a prompt or an answer is on the disk', async () => {
      world.fleet.at('one').script({ text: 'canary-answer' }, { text: 'canary-answer' });
      const config = { ...one, override_params: { user: 'canary-sent' } };
      for (const stream of [false, true]) {
        await world.ask(
          { config, headers: quiet },
          chatBody({ stream, messages: [{ role: 'user', content: 'canary-prompt' }] }),
        );
      }
      const folder = `${world.gateway.dir}/logs`;
      for (const name of await readdir(folder)) {
        const text = await readFile(`${folder}/${name}`, 'utf8');
        for (const canary of ['canary-answer', 'canary-prompt', 'canary-sent']) expect(text).not.toContain(canary);
      }
    });
  });
});
