import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Shot } from '../load/plan.ts';
import { type Child, startNode } from './child.ts';

const ASK_EVERY_MS = 5;
const GIVE_UP_MS = 30_000;

/**
 * Starts a server and asks until the first 200 comes through it.
 * @returns the process and the milliseconds from its start to that answer's headers
 */
export async function coldStart(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  shot: Shot,
): Promise<{ child: Child; coldStartMs: number }> {
  const startedAt = performance.now();
  const child = startNode(args, env);
  let last = 'no answer';
  while (performance.now() - startedAt < GIVE_UP_MS && !child.hasExited()) {
    const outcome = await ask(shot);
    if (outcome === 200) return { child, coldStartMs: performance.now() - startedAt };
    if (outcome !== undefined) last = `status ${outcome}`;
    await delay(ASK_EVERY_MS);
  }
  await child.stop();
  throw new Error(`no first 200 from ${args.join(' ')} (${last})\n${child.complaint()}`);
}

/** @returns the status, or nothing while the port is closed */
function ask({ url, headers, body }: Shot): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asking = request(url, { method: 'POST', headers, agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(undefined));
    asking.end(body);
  });
}
