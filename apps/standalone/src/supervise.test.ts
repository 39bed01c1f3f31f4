import { expect, test } from 'vitest';
import type { GatewayProcess } from './gateway-process.ts';
import { MOST_ENDS_IN_A_ROW } from './restart-policy.ts';
import { superviseGateway } from './supervise.ts';

/** A gateway that ends when told to, and notes how it was stopped. */
const scripted = (port: number) => {
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const stops: number[] = [];
  const gateway: GatewayProcess = {
    url: `http://127.0.0.1:${port}`,
    ended,
    stop: async (graceMs) => {
      stops.push(graceMs);
      end('exit code 0');
    },
    kill: () => end('signal SIGKILL'),
  };
  return { gateway, crash: () => end('signal SIGSEGV'), stops };
};

type Scripted = ReturnType<typeof scripted>;

const setUp = async (lives: (Scripted | Error)[]) => {
  const ports: (number | undefined)[] = [];
  const sentences: string[] = [];
  let heard: () => void = () => undefined;
  const supervised = await superviseGateway({
    start: async (port) => {
      ports.push(port);
      const life = lives.shift();
      if (life === undefined) throw new Error('port 8787 is taken');
      if (life instanceof Error) throw life;
      return life.gateway;
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
  return { supervised, ports, sentences, said };
};

test('a gateway that dies is started again on the port its clients know', async () => {
  const [first, second] = [scripted(4321), scripted(4321)];
  const { supervised, ports, sentences, said } = await setUp([first, second]);
  first.crash();
  await said('back');
  expect(ports).toEqual([undefined, 4321]);
  expect(sentences[0]).toContain('signal SIGSEGV');
  await supervised.stop(1_000);
  expect(second.stops).toEqual([1_000]);
  expect(await supervised.finished).toBe('stopped');
});

test('a stop is not a death: nothing is said and nothing is started', async () => {
  const only = scripted(1);
  const { supervised, ports, sentences } = await setUp([only]);
  await supervised.stop(1_000);
  expect(await supervised.finished).toBe('stopped');
  expect(ports).toHaveLength(1);
  expect(sentences).toEqual([]);
});

test('starting again is given up after its bound, and the reason was said', async () => {
  const first = scripted(1);
  const { supervised, ports, sentences } = await setUp([first]);
  first.crash();
  expect(await supervised.finished).toBe('gave-up');
  expect(ports).toHaveLength(MOST_ENDS_IN_A_ROW);
  expect(sentences).toContain('port 8787 is taken');
  expect(sentences.at(-1)).toContain('giving up');
});

test('a first start that fails is not repeated', async () => {
  await expect(setUp([new Error('no API keys')])).rejects.toThrow('no API keys');
});
