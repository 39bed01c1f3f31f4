import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { tempDir } from '@portolan/testing';
import type { TestProject } from 'vitest/node';
import { type Python, preparePython } from './python-env.ts';
import { runPlatform } from './run-platform.ts';
import { areServersGiven } from './stores.ts';
import { inWorkspace } from './workspace.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly python: Python;
    /** A data directory that a platform was started on once, and stopped. */
    readonly startedOnce: string;
  }
}

const BUILD_WITHIN_MS = 300_000;
const PROJECTS = ['vault', 'control-plane', 'gateway', 'standalone'].map((app) => `@portolan/${app}`);

const build = () =>
  promisify(execFile)(
    process.execPath,
    [inWorkspace('node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '-p', PROJECTS.join(',')],
    {
      cwd: inWorkspace('.'),
      timeout: BUILD_WITHIN_MS,
      env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' },
    },
  );

/** Before the first journey: the platform is built and was started once, and the Python clients are there. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await build();
  const data = await tempDir();
  const [python] = await Promise.all([
    preparePython(),
    areServersGiven ? undefined : runPlatform(data.path).then((platform) => platform.stop()),
  ]);
  project.provide('python', python);
  project.provide('startedOnce', data.path);
  return data.remove;
}
