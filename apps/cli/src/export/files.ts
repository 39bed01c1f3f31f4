import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindWord } from '../manifest/kinds.ts';
import { asYaml } from '../output/show.ts';
import type { ExportedDocument } from './to-document.ts';

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'unnamed';

const yamlOf = ({ kind, name, spec }: ExportedDocument): string => asYaml({ kind, name, spec });

/** All documents as one text. */
export const asText = (documents: readonly ExportedDocument[]): string => documents.map(yamlOf).join('---\n');

/**
 * One file for each object, in a folder for each kind; files of the same name are written over.
 * @returns their paths
 */
export const writeFiles = (folder: string, documents: readonly ExportedDocument[]): readonly string[] => {
  const taken = new Set<string>();
  return documents.map((document) => {
    const place = join(folder, `${kindWord(document.kind).replace(' ', '-')}s`);
    let path = join(place, `${fileName(document.name)}.yaml`);
    for (let at = 2; taken.has(path); at += 1) path = join(place, `${fileName(document.name)}-${at}.yaml`);
    taken.add(path);
    mkdirSync(place, { recursive: true });
    writeFileSync(path, yamlOf(document));
    return path;
  });
};
