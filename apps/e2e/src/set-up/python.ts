import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Json } from './json.ts';
import { inWorkspace } from './workspace.ts';

const RUN_WITHIN_MS = 90_000;

/** What one call came to, in any SDK. Items are those of a stream; they are there although the stream broke later. */
export interface CallResult {
  readonly id: string;
  readonly items: readonly Json[];
  readonly value: Json;
  readonly error: SdkError | null;
}

export interface SdkError {
  readonly type: string;
  readonly status: number | null;
  readonly message: string;
  readonly code: string | null;
}

export interface Job {
  readonly options: Readonly<Record<string, unknown>>;
  readonly calls: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
}

const python = inject('python');

/** Nothing where Python can run; else the reason, in capitals, for the name of the skipped tests. */
export const pythonProblem = 'missing' in python ? `SKIPPED, ${python.missing.toUpperCase()}: ` : '';

/**
 * Runs a script of apps/e2e/python with a job.
 * @throws when the script itself fails; what an SDK raises is part of the results
 */
export async function runPython(script: string, job: Job): Promise<ReadonlyMap<string, CallResult>> {
  if ('missing' in python) throw new Error(python.missing);
  const child = spawn(python.executable, [inWorkspace(`apps/e2e/python/${script}`)], {
    stdio: 'pipe',
    timeout: RUN_WITHIN_MS,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(JSON.stringify(job));
  const [out, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (code !== 0) throw new Error(`${script} ended with ${code}\n${complaint}`);
  const results = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CallResult);
  return new Map(results.map((result) => [result.id, result]));
}
