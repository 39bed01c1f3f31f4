import { spawn } from 'node:child_process';
import { workspaceRoot } from './workspace.mjs';

const KEPT_OUTPUT_BYTES = 4 * 1024 * 1024;

export class CommandFailed extends Error {}

/** Runs a command with its output on our terminal. Resolves to its exit code; a signal counts as 1. */
export const runLoud = (command, args, { env = {} } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: workspaceRoot, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });

/**
 * Runs a command behind one progress line; its output appears only when it fails.
 * @throws CommandFailed  naming the step
 */
export const runQuiet = async (step, command, args, { env = {} } = {}) => {
  const startedAt = Date.now();
  process.stdout.write(`${step} … `);
  const { code, output } = await capture(command, args, env);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(code === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n`);
  if (code === 0) return;
  process.stderr.write(output);
  throw new CommandFailed(`${step} failed: ${[command, ...args].join(' ')}`);
};

const capture = (command, args, env) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: workspaceRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT_BYTES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
