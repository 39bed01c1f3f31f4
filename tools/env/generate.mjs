/** `npm run env:example`: writes .env.example and the tables of docs/running.md from the schemas of the services. */
import { writeFileSync } from 'node:fs';
import { importSource } from '../build/import-source.mjs';
import { inWorkspace } from '../launch/workspace.mjs';
import { generatedFiles, SERVICES } from './generated.mjs';

const schemas = {};
for (const { module, name } of SERVICES) schemas[name] = (await importSource(module))[name];
for (const [path, text] of Object.entries(generatedFiles(schemas))) {
  writeFileSync(inWorkspace(path), text);
  console.log(`wrote ${path}`);
}
