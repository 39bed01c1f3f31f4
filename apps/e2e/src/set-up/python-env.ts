import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inWorkspace } from './workspace.ts';

const execute = promisify(execFile);
const INSTALL_WITHIN_MS = 300_000;
/** LlamaIndex needs this one. */
const OLDEST = [3, 10] as const;

export type Python = { readonly executable: string } | { readonly missing: string };

/**
 * A virtual environment with exactly the packages of python/requirements.txt, made once for each state of that file.
 * @returns its interpreter, or why this machine cannot have one
 * @throws when the packages cannot be installed: that is a failure, not a missing Python
 */
export async function preparePython(): Promise<Python> {
  const version = await pythonVersion();
  if (typeof version !== 'string') return version;
  const folder = inWorkspace('.venv/e2e');
  const requirements = inWorkspace('apps/e2e/python/requirements.txt');
  const stampFile = join(folder, 'made-from');
  const executable = join(folder, 'bin', 'python');
  const stamp = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return { executable };
  await rm(folder, { recursive: true, force: true });
  await execute('python3', ['-m', 'venv', folder], { timeout: INSTALL_WITHIN_MS });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  await execute(executable, install, { timeout: INSTALL_WITHIN_MS });
  await writeFile(stampFile, stamp);
  return { executable };
}

async function pythonVersion(): Promise<string | { readonly missing: string }> {
  const ask = 'import ensurepip, venv, platform; print(platform.python_version())';
  try {
    const version = (await execute('python3', ['-c', ask], { timeout: 20_000 })).stdout.trim();
    return isNewEnough(version) ? version : { missing: `python3 is ${version}, LlamaIndex needs ${OLDEST.join('.')}` };
  } catch {
    return { missing: 'no python3 with venv on PATH' };
  }
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
