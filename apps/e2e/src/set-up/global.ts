import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { type Python, preparePython } from './python-env.ts';
import { inWorkspace } from './workspace.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly python: Python;
  }
}

const BUILD_WITHIN_MS = 300_000;

/** Before the first journey: the platform is built, and the Python clients are there. */
export default async function setUp(project: TestProject): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [
      inWorkspace('node_modules/nx/dist/bin/nx.js'),
      'run-many',
      '-t',
      'build',
      '-p',
      '@portolan/gateway,@portolan/standalone',
    ],
    {
      cwd: inWorkspace('.'),
      timeout: BUILD_WITHIN_MS,
      env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' },
    },
  );
  project.provide('python', await preparePython());
}
