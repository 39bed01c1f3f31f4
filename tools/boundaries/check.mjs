/** Checks every import of the workspace against the rules; part of `npm run lint`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProject } from './read-projects.mjs';
import { checkBoundaries } from './rules.mjs';

process.env.NX_DAEMON = 'false';
process.env.NX_NO_CLOUD = 'true';
const { createProjectGraphAsync } = await import('nx/src/devkit-exports.js');

const workspace = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const graph = await createProjectGraphAsync();
const projects = Object.values(graph.nodes)
  .filter(({ data }) => data.root !== '.')
  .map(({ name, data }) => readProject(workspace, { name, root: data.root, tags: data.tags ?? [] }));
const problems = checkBoundaries(projects);

for (const { rule, where, problem } of problems) console.error(`${where}  ${problem}  [${rule}]`);
const files = projects.reduce((sum, project) => sum + project.files.length, 0);
console.log(`boundaries: ${files} files in ${projects.length} projects, ${problems.length} broken rules`);
process.exit(problems.length === 0 ? 0 : 1);
