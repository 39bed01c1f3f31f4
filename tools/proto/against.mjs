import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buf, git } from './buf.mjs';

const PATHS = ['--', ':(glob)proto/**/*.proto'];
const COMMITS_MAX = 50;

/** A commit that may break who was built before says why in this trailer; nothing before it is compared with any more. */
const BREAK_TRAILER = 'Contract-Break';

/** Commits as far as promises reach back: up to the latest that broke them on purpose, and with it. */
const promisedCommits = (lines) => {
  const commits = lines.map((line) => ({ id: line.slice(0, 40), breaks: line.slice(41).trim() !== '' }));
  const end = commits.findIndex(({ breaks }) => breaks);
  return commits.slice(0, end === -1 ? undefined : end + 1).map(({ id }) => id);
};

/**
 * The commit to compare with: the latest whose contracts exist and are not those that lie here. Uncommitted changes are so
 * compared with the last commit, and committed ones with what they changed.
 * @returns the commit, or undefined when the contracts never changed since the last break or there is no history
 */
export const lastDifferentCommit = () => {
  const format = `--format=%H %(trailers:key=${BREAK_TRAILER},valueonly,separator=%x2C)`;
  const log = git(['log', format, `--max-count=${COMMITS_MAX}`, ...PATHS]);
  if (!log.ok) return undefined;
  return promisedCommits(log.output.split('\n').filter((line) => line !== '')).find(
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
