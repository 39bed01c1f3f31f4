import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const WORKSPACE = join(import.meta.dirname, '..', '..');
export const PROTO_DIR = join(WORKSPACE, 'proto');
export const GENERATED_DIR = join(WORKSPACE, 'libs', 'proto', 'src', 'gen');

/** The generator is a dependency of the library that keeps what it makes; buf finds it on the path. */
const BINARIES = [join(WORKSPACE, 'node_modules', '.bin'), join(WORKSPACE, 'libs', 'proto', 'node_modules', '.bin')];

/** Runs a program to its end. Returns `{ ok, output }`; `output` is what it wrote, errors included. */
const run = (program, args, options) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}` };
};

/** Runs buf on the folder of contracts. It needs no network: all plugins are local and no module comes from a registry. */
export const buf = (args) =>
  run('buf', args, {
    cwd: PROTO_DIR,
    env: { ...process.env, PATH: [...BINARIES, process.env.PATH].join(delimiter) },
  });

export const git = (args, options = {}) => run('git', args, { cwd: WORKSPACE, ...options });

/** Ends the process as the run ended, after showing what it said. */
export const report = ({ ok, output }, success) => {
  console.log(ok ? success : output);
  process.exitCode = ok ? 0 : 1;
};
