#!/usr/bin/env node
import { setTimeout as pause } from 'node:timers/promises';
import type { Io } from './io.ts';
import { run } from './run.ts';
import { ask, readAll } from './terminal.ts';

declare const __PORTOLAN_VERSION__: string | undefined;

// Questions go to stderr: stdout is for answers, which may be read by a program.
const question = (hidden: boolean) => (text: string) =>
  ask(text, { input: process.stdin, output: process.stderr, hidden });

const io: Io = {
  env: process.env,
  stdinIsTerminal: process.stdin.isTTY === true,
  readStdin: (maxBytes) => readAll(process.stdin, maxBytes),
  askHidden: question(true),
  ask: question(false),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  fetch,
  pause: async (ms) => {
    await pause(ms);
  },
  nowMs: Date.now,
  version: typeof __PORTOLAN_VERSION__ === 'undefined' ? '0.0.0-dev' : __PORTOLAN_VERSION__,
};

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), io);
