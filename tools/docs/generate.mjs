/** `npm run docs:tables`: writes the tables of docs/errors.md and docs/providers.md from the code. */
import { writeFileSync } from 'node:fs';
import { importSource } from '../build/import-source.mjs';
import { inWorkspace } from '../launch/workspace.mjs';
import { generatedPages, SOURCES } from './generated.mjs';

const facts = {};
for (const module of SOURCES) Object.assign(facts, await importSource(module));
for (const [path, text] of Object.entries(generatedPages(facts))) {
  writeFileSync(inWorkspace(path), text);
  console.log(`wrote ${path}`);
}
