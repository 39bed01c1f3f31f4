import { expect, test } from 'vitest';
import { MOST_ENDS_IN_A_ROW } from './restart-policy.ts';
import type { ServiceProcess } from './service-process.ts';
import { supervise } from './supervise.ts';

/** A service that ends when told to, and notes how it was stopped. */
const scripted = () => {
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const stops: number[] = [];
  const service: ServiceProcess = {
    ended,
    stop: async (graceMs) => {
      stops.push(graceMs);
      end('exit code 0');
    },
    kill: () => end('signal SIGKILL'),
  };
  return { service, crash: () => end('signal SIGSEGV'), stops };
};

type Scripted = ReturnType<typeof scripted>;

const setUp = async (lives: (Scripted | Error)[]) => {
  let starts = 0;
  const sentences: string[] = [];
  let heard: () => void = () => undefined;
  const supervised = await supervise({
    name: 'lighthouse',
    start: async () => {
      starts += 1;
      const life = lives.shift();
      if (life === undefined) throw new Error('port 8787 is taken');
      if (life instanceof Error) throw life;
      return life.service;
    },
    say: (sentence) => {
      sentences.push(sentence);
      heard();
    },
    now: () => 0,
    pause: async () => undefined,
  });
  const said = async (text: string) => {
    while (!sentences.some((sentence) => sentence.includes(text)))
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
  };
  return { supervised, starts: () => starts, sentences, said };
};

test('a service that dies is started again', async () => {
  const [first, second] = [scripted(), scripted()];
  const { supervised, starts, sentences, said } = await setUp([first, second]);
  first.crash();
  await said('back');
  expect(starts()).toBe(2);
  expect(sentences[0]).toContain('The lighthouse ended unexpectedly (signal SIGSEGV)');
  await supervised.stop(1_000);
  expect(second.stops).toEqual([1_000]);
  expect(await supervised.finished).toBe('stopped');
});

test('a stop is not a death: nothing is said and nothing is started', async () => {
  const only = scripted();
  const { supervised, starts, sentences } = await setUp([only]);
  await supervised.stop(1_000);
  expect(await supervised.finished).toBe('stopped');
  expect(starts()).toBe(1);
  expect(sentences).toEqual([]);
});

test('starting again is given up after its bound, and the reason was said', async () => {
  const first = scripted();
  const { supervised, starts, sentences } = await setUp([first]);
  first.crash();
  expect(await supervised.finished).toBe('gave-up');
  expect(starts()).toBe(MOST_ENDS_IN_A_ROW);
  expect(sentences).toContain('port 8787 is taken');
  expect(sentences.at(-1)).toContain('giving up');
});

test('a first start that fails is not repeated', async () => {
  await expect(setUp([new Error('no API keys')])).rejects.toThrow('no API keys');
});
