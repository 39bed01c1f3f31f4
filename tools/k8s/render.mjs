import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';

const COMMANDS = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
];

/** The first of the commands above that works here, or undefined. */
export const findKustomize = () =>
  COMMANDS.find(([command, verb]) => spawnSync(command, [verb, '--help']).status === 0);

/**
 * The objects that a folder renders to.
 * @throws with Kustomize's own words when it does not render
 */
export const renderFolder = ([command, verb], folder) => {
  const text = execFileSync(command, [verb, folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return parseAllDocuments(text).map((document) => document.toJS());
};

/** The objects of an overlay with components on top. */
export const renderWithComponents = (kustomize, root, overlay, components) => {
  const folder = mkdtempSync(join(root, '.render-'));
  try {
    const here = (path) => relative(folder, join(root, path));
    const kustomization = { resources: [here(overlay)], components: components.map(here) };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return renderFolder(kustomize, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
