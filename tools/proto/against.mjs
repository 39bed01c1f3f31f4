import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buf, git } from './buf.mjs';

const PATHS = ['--', ':(glob)proto/**/*.proto'];
const COMMITS_MAX = 50;

/**
 * The commit to compare with: the latest whose contracts exist and are not those that lie here. Uncommitted changes are so
 * compared with the last commit, and committed ones with what they changed.
 * @returns the commit, or undefined when the contracts never changed or there is no history
 */
export const lastDifferentCommit = () => {
  const log = git(['log', '--format=%H', `--max-count=${COMMITS_MAX}`, ...PATHS]);
  if (!log.ok) return undefined;
  return log.output
    .split('\n')
    .filter((commit) => commit !== '')
    .find(
      (commit) =>
        git(['ls-tree', '-r', '--name-only', commit, 'proto/']).output.includes('.proto') &&
        !git(['diff', '--quiet', commit, ...PATHS]).ok,
    );
};

/** Whether today's contracts still serve who was built from the contracts of a commit. Returns `{ ok, output }`. */
export const breakingAgainst = (commit) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-proto-'));
  try {
    const archive = join(folder, 'proto.tar');
    const packed = git(['archive', '--output', archive, commit, 'proto']);
    return packed.ok ? buf(['breaking', '--against', `${archive}#subdir=proto`]) : packed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
