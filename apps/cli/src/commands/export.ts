import { nearestName } from '@portolan/config-schema';
import { adapterOf } from '../apply/load.ts';
import { openPlaces } from '../apply/places.ts';
import type { Command, Given } from '../arguments/command.ts';
import { asText, writeFiles } from '../export/files.ts';
import { toDocument } from '../export/to-document.ts';
import { Refused } from '../failure.ts';
import type { Api } from '../http/api.ts';
import type { Place } from '../kinds/adapter.ts';
import { isKind, KIND_NAMES, type Kind } from '../manifest/kinds.ts';
import type { Current } from '../plan/object.ts';

/** Workspaces only when asked for: a key of a workspace may not make any. */
const KINDS_WHEN_ABSENT = KIND_NAMES.filter((kind) => kind !== 'Workspace');

const kindsOf = (given: Given): readonly Kind[] => {
  const names = given.all('kind').flatMap((text) => text.split(','));
  if (names.length === 0) return KINDS_WHEN_ABSENT;
  return names.map((name) => {
    if (isKind(name)) return name;
    const nearest = nearestName(name, KIND_NAMES);
    throw new Refused(`There is no kind "${name}"${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`);
  });
};

/** What is the same everywhere, or belongs to everybody, is not told of. */
const isTold = ({ kind, keptBecause }: Pick<Current, 'kind' | 'keptBecause'>, asked: readonly Kind[]): boolean =>
  asked.includes(kind) && (keptBecause === undefined || kind === 'Workspace' || kind === 'ApiKey');

interface Found extends Current {
  readonly isDefault: boolean;
}

/** Everything of a workspace; with all that is to be told of the kinds that are asked for. */
const loadAll = async (api: Api, place: Place, asked: readonly Kind[]): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for (const kind of KIND_NAMES) {
    // What objects name has to be known by name, though it is not exported itself.
    if (kind === 'Workspace' && !asked.includes(kind)) continue;
    const adapter = adapterOf(kind, '');
    const listing = await adapter.list(api, place);
    for (const listed of listing.toSorted((a, b) => a.name.localeCompare(b.name))) {
      const { item, ...rest } = listed;
      const isTold =
        asked.includes(kind) && (rest.keptBecause === undefined || kind === 'Workspace' || kind === 'ApiKey');
      const spec = isTold ? await adapter.spec(api, listed, place) : {};
      found.push({ kind, workspace: '', ...rest, spec, isDefault: kind === 'Collection' && item.is_default === 1 });
    }
  }
  return found;
};

export const exportCommand: Command = {
  words: ['export'],
  text: 'Writes what the platform has as files that "apply" takes; secrets as variables to be set.',
  flags: [
    { name: 'to', value: 'DIR', text: 'One file for each object in this folder; without it all on stdout.' },
    {
      name: 'kind',
      value: 'KIND,…',
      many: true,
      text: `Only these: ${KIND_NAMES.join(', ')}. Without it all but Workspace.`,
    },
  ],
  async run(context, given) {
    const asked = kindsOf(given);
    const api = context.api();
    const places = await openPlaces(api, { wish: context.workspace(), named: [], made: [] });
    const place = places.place(places.default);
    if (place === undefined) throw new Refused('There is no such workspace.');
    const all = await loadAll(api, place, asked);

    const namesakes = (object: Found) => all.filter(({ kind, name }) => kind === object.kind && name === object.name);
    const isClear = (object: Found) => namesakes(object).length === 1;
    const byHandle = new Map(all.map((object) => [`${object.kind} ${object.handle}`, object]));
    const nameOf = (kind: Kind, handle: string) => {
      const object = byHandle.get(`${kind} ${handle}`);
      return object !== undefined && isClear(object) ? object.name : undefined;
    };
    const isDefaultPlace = (handle: string) => byHandle.get(`Collection ${handle}`)?.isDefault === true;

    const told = all.filter((object) => isTold(object, asked));
    for (const { kind, name } of told.filter((object) => !isClear(object))) {
      context.io.err(`note: left out, since several have this name: ${kind} "${name}"\n`);
    }
    const documents = told.filter(isClear).map((object) => toDocument(object, nameOf, isDefaultPlace));
    const folder = given.text('to');
    const json = { documents: documents.map(({ kind, name, spec }) => ({ kind, name, spec })) };
    if (folder === undefined) return { text: asText(documents), json };
    const files = writeFiles(folder, documents);
    return { text: `Wrote ${files.length} files to ${folder}.\n`, json: { files } };
  },
};
