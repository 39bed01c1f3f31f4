import { nearestName } from '@portolan/config-schema';
import type { Flag, Given } from '../arguments/command.ts';
import type { Context } from '../context.ts';
import { Refused } from '../failure.ts';
import type { Api } from '../http/api.ts';
import { configProblems } from '../manifest/check-config.ts';
import { isKind, KIND_NAMES, type Kind } from '../manifest/kinds.ts';
import { readManifests } from '../manifest/read-files.ts';
import type { Action } from '../plan/action.ts';
import type { Current } from '../plan/object.ts';
import { plan } from '../plan/plan.ts';
import { loadCurrent } from './load.ts';
import { openPlaces, type Places, placed } from './places.ts';

/** What "apply" and "diff" understand alike. */
export const FILE_FLAGS: readonly Flag[] = [
  { name: 'file', letter: 'f', value: 'PATH', many: true, text: 'A file or a folder of files, YAML or JSON.' },
  { name: 'rotate-secrets', text: 'Replaces secrets that are there too; without it they count as unchanged.' },
  { name: 'prune', text: 'Deletes what no file names, of the kinds that --prune-kind names.' },
  {
    name: 'prune-kind',
    value: 'KIND,…',
    many: true,
    text: `With --prune: ${KIND_NAMES.filter((kind) => kind !== 'Workspace').join(', ')}.`,
  },
];

const pruneKindsOf = (given: Given): readonly Kind[] => {
  const names = given.all('prune-kind').flatMap((text) => text.split(','));
  if (names.length > 0 && !given.has('prune')) throw new Refused('--prune-kind needs --prune.');
  if (names.length === 0 && given.has('prune'))
    throw new Refused('--prune needs --prune-kind: which kinds belong to the files alone?');
  return names.map((name) => {
    if (isKind(name) && name !== 'Workspace') return name;
    const nearest = nearestName(name, KIND_NAMES);
    throw new Refused(`--prune-kind knows no "${name}"${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`);
  });
};

export interface Prepared {
  readonly api: Api;
  readonly places: Places;
  readonly current: readonly Current[];
  readonly actions: readonly Action[];
}

/** From files to what is to be done. @param only  the kind that the command is about, if it is about one */
export const prepare = async (context: Context, given: Given, only: Kind | undefined): Promise<Prepared> => {
  const files = given.all('file');
  if (files.length === 0) throw new Refused('Say which files: -f PATH.');
  const pruneKinds = pruneKindsOf(given).filter((kind) => only === undefined || kind === only);
  const documents = readManifests(files).filter(({ kind }) => only === undefined || kind === only);
  const broken = documents.flatMap(configProblems);
  if (broken.length > 0) throw new Refused(`nothing was done:\n  ${broken.join('\n  ')}`);

  const api = context.api();
  const places = await openPlaces(api, {
    wish: context.workspace(),
    named: documents.flatMap(({ workspace }) => workspace ?? []),
    made: documents.filter(({ kind }) => kind === 'Workspace').map(({ name }) => name),
  });
  const wanted = documents.map((document) => placed(document, places));
  const current = await loadCurrent(api, places, wanted, pruneKinds);
  const { actions, problems } = plan({ current, wanted, pruneKinds, rotateSecrets: given.has('rotate-secrets') });
  if (problems.length > 0) throw new Refused(`nothing was done:\n  ${problems.join('\n  ')}`);
  return { api, places, current, actions };
};
