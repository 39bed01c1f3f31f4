import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { inWorkspace } from '../launch/workspace.mjs';

/**
 * A TypeScript module of the workspace, bundled and imported: the oldest Node.js we run on does not read TypeScript.
 * @param module  path from the workspace
 * @returns       what it exports
 */
export const importSource = async (module) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-source-'));
  try {
    const outfile = join(folder, 'module.mjs');
    await build({
      entryPoints: [inWorkspace(module)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
