/** `npm run env:example`: writes .env.example and the tables of docs/running.md from the schemas of the services. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { inWorkspace } from '../launch/workspace.mjs';
import { generatedFiles, SERVICES } from './generated.mjs';

const folder = mkdtempSync(join(tmpdir(), 'portolan-env-'));
try {
  const schemas = {};
  for (const { module, name } of SERVICES) {
    const outfile = join(folder, `${name}.mjs`);
    await build({
      entryPoints: [inWorkspace(module)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    schemas[name] = (await import(pathToFileURL(outfile).href))[name];
  }
  for (const [path, text] of Object.entries(generatedFiles(schemas))) {
    writeFileSync(inWorkspace(path), text);
    console.log(`wrote ${path}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
