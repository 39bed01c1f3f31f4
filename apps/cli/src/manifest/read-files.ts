import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments, type Document as YamlDocument } from 'yaml';
import { Refused } from '../failure.ts';
import { type Document, type Read, readDocument } from './document.ts';

const FILE = /\.(ya?ml|json)$/;
const FILE_MAX_BYTES = 4 * 1024 * 1024;
const FILES_MAX = 5_000;
/** An alias may stand for a lot of text; this many are more than anybody writes. */
const ALIASES_MAX = 100;

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new Refused(`There is no file or folder ${path}.`);
  }
};

/** The files that a path means: itself, or everything below it that is YAML or JSON and not hidden, in the order of names. */
const filesOf = (path: string): readonly string[] => {
  if (!isFolder(path)) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => FILE.test(name) && !name.split(/[\\/]/).some((part) => part.startsWith('.') || part === 'node_modules'),
    )
    .toSorted()
    .map((name) => join(path, name));
  if (files.length === 0) throw new Refused(`${path} holds no .yaml, .yml or .json file.`);
  if (files.length > FILES_MAX) throw new Refused(`${path} holds more than ${FILES_MAX} files.`);
  return files;
};

const textOfFile = (file: string): string => {
  if (statSync(file).size > FILE_MAX_BYTES) throw new Refused(`${file} is larger than ${FILE_MAX_BYTES} bytes.`);
  return readFileSync(file, 'utf8');
};

interface Outcome {
  readonly documents: readonly Document[];
  readonly problems: readonly string[];
}

const readValue = (document: YamlDocument.Parsed, where: string, folder: string): Read | undefined => {
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return value === null || value === undefined ? undefined : readDocument(value, where, folder);
  } catch (error) {
    return { problems: [`${where}: ${error instanceof Error ? error.message : 'cannot be read'}`] };
  }
};

/** The documents of one text. Empty ones, as a trailing `---` makes them, are passed over. */
export const readText = (text: string, file: string, folder: string): Outcome => {
  const parsed = parseAllDocuments(text, { uniqueKeys: true });
  const list = Array.isArray(parsed) ? parsed : [];
  const documents: Document[] = [];
  const problems: string[] = [];
  for (const [at, document] of list.entries()) {
    const where = list.length === 1 ? file : `${file}, document ${at + 1}`;
    const [error] = document.errors;
    if (error !== undefined) {
      problems.push(`${where}: ${error.message.split('\n')[0]}`);
      continue;
    }
    const read = readValue(document, where, folder);
    if (read === undefined) continue;
    if ('document' in read) documents.push(read.document);
    else problems.push(...read.problems);
  }
  return { documents, problems };
};

/**
 * All objects that files and folders describe.
 * @throws Refused  with every problem of every file
 */
export const readManifests = (paths: readonly string[]): readonly Document[] => {
  const outcomes = paths.flatMap(filesOf).map((file) => readText(textOfFile(file), file, dirname(file)));
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  if (problems.length > 0) throw new Refused(`nothing was done:\n  ${problems.join('\n  ')}`);
  return outcomes.flatMap(({ documents }) => documents);
};
