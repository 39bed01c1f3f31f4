/** The install step of `npm start` and `npm test`; alone: `node tools/launch/install.mjs`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';
import { runQuiet } from './run.mjs';
import { inWorkspace, rootManifest } from './workspace.mjs';

const STAMP = inWorkspace('node_modules', '.portolan-installed');
const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';

/** What the installed tree depends on, as one digest: change any of it and the next start installs again. */
export const installDigest = (files, platform) => {
  const hash = createHash('sha256');
  for (const content of [...files, platform]) hash.update(`${content.length}:`).update(content);
  return hash.digest('hex');
};

const currentDigest = () =>
  installDigest(
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map((file) => readFileSync(inWorkspace(file), 'utf8')),
    `${process.platform} ${process.arch}`,
  );

/** Installs the locked packages with the pinned pnpm, unless the tree in node_modules already came from this lock file. */
export const install = async () => {
  const digest = currentDigest();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return;
  const { packageManager } = rootManifest();
  await runQuiet('Installing packages', npx, [
    '-y',
    packageManager,
    'install',
    '--frozen-lockfile',
    '--config.confirmModulesPurge=false',
  ]);
  mkdirSync(inWorkspace('node_modules'), { recursive: true });
  writeFileSync(STAMP, digest);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  await install();
}
