import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { withTimeout } from '@portolan/testing';
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
 * Gives a job to a script of apps/e2e/python, which stays for the next one.
 * @throws when the script itself fails; what an SDK raises is part of the results
 */
export async function runPython(script: string, job: Job): Promise<ReadonlyMap<string, CallResult>> {
  if ('missing' in python) throw new Error(python.missing);
  const worker = workers.get(script) ?? startWorker(python.executable, script);
  workers.set(script, worker);
  const results = await withTimeout(worker.run(job), RUN_WITHIN_MS, `the end of a job of ${script}`);
  return new Map(results.map((result) => [result.id, result]));
}

interface Worker {
  run(job: Job): Promise<readonly CallResult[]>;
}

/** One a script; each sees the end of its input, and ends, when the process of this test file does. */
const workers = new Map<string, Worker>();

function startWorker(executable: string, script: string): Worker {
  const child = spawn(executable, [inWorkspace(`apps/e2e/python/${script}`)], {
    stdio: 'pipe',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const complaint = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.unref();
  return {
    async run(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const results: CallResult[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`${script} ended\n${await complaint}`);
        const line = JSON.parse(value) as CallResult | { readonly done: true };
        if ('done' in line) return results;
        results.push(line);
      }
    },
  };
}
