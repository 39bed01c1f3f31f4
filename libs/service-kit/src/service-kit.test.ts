import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { envFlag, envInteger, envList, InvalidEnvironment, parseEnv } from './env.ts';
import { createShutdown } from './lifecycle.ts';
import { maskSecret, Secret } from './secret.ts';

it('a secret never prints, whatever prints it', () => {
  const secret = new Secret('sk-do-not-show');
  const prints = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }),
    String(secret),
  ];
  for (const print of prints) expect(print).not.toContain('do-not-show');
  expect(secret.reveal()).toBe('sk-do-not-show');
});

it('a mask shows two and three characters of long values and nothing of short ones', () => {
  expect(maskSecret('sk-1234567890')).toBe('sk********890');
  expect(maskSecret('short')).toBe('********');
});

it('all problems of an environment are shown together, without values', () => {
  const schema = z.object({ PORT: envInteger({ min: 1, max: 65_535, whenAbsent: 1 }), MODE: z.enum(['a', 'b']) });
  const fault = () => parseEnv(schema, { PORT: '99999999', MODE: 'sk-secret' });
  expect(fault).toThrow(InvalidEnvironment);
  expect(fault).toThrow(/PORT[\s\S]*MODE/);
  expect(fault).not.toThrow(/sk-secret/);
});

it('empty variables are absent ones, lists and flags are read', () => {
  const schema = z.object({ A: envList(), B: envFlag(false), C: envInteger({ min: 0, max: 9, whenAbsent: 3 }) });
  expect(parseEnv(schema, { A: ' x, y ,', B: 'true', C: '' })).toEqual({ A: ['x', 'y'], B: true, C: 3 });
});

it('a shutdown runs once, and a second request ends the delay', async () => {
  const calls: string[] = [];
  const code = await new Promise<number>((resolve) => {
    const stop = createShutdown({
      delayMs: 3_600_000,
      graceMs: 3_600_000,
      announce: () => calls.push('announce'),
      drain: async () => void calls.push('drain'),
      exit: resolve,
    });
    stop();
    stop();
    stop();
  });
  expect(code).toBe(0);
  expect(calls).toEqual(['announce', 'drain']);
});
