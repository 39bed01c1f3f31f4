import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { inWorkspace } from '../launch/workspace.mjs';
import { copyRunTimeFiles, runTimeFiles } from './run-time-files.mjs';
import { bundleSettings } from './settings.mjs';

const RUNS_A_JOB = `
  import { createLogger } from '@portolan/service-kit';
  import { openPglite } from '@portolan/sql';
  import { z } from 'zod';
  import { createJobs, defineJob } from './index.ts';

  const database = await openPglite();
  let done;
  const answered = new Promise((resolve) => { done = resolve; });
  const job = defineJob({
    name: 'multiply', schema: z.strictObject({ by: z.number() }), attempts: 1,
    backoff: { kind: 'fixed', delayMs: 1 }, timeoutMs: 10_000, run: async ({ by }) => done(6 * by),
  });
  const jobs = await createJobs({
    backend: { kind: 'embedded', database }, jobs: [job], log: createLogger('bundle', 'silent'),
  });
  jobs.start();
  await jobs.enqueue(job, { by: 7 });
  process.stdout.write(String(await answered));
  await jobs.stop(10_000);
  await database.close();
`;

test('a bundle with the job queue runs a job from its own folder, with nothing installed beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bundle-'));
  try {
    const project = inWorkspace('libs', 'jobs');
    const { metafile } = await build({
      ...bundleSettings,
      absWorkingDir: project,
      stdin: { contents: RUNS_A_JOB, loader: 'ts', resolveDir: join(project, 'src') },
      outfile: join(folder, 'main.mjs'),
      metafile: true,
    });
    copyRunTimeFiles(runTimeFiles(Object.keys(metafile.inputs), project), folder);
    const said = execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    expect(said).toBe('42');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 90_000);
