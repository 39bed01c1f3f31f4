import type { Api } from '../http/api.ts';
import type { KindAdapter } from '../kinds/adapter.ts';
import { organisationApiKeys } from '../kinds/api-key.ts';
import { ADAPTERS } from '../kinds/index.ts';
import { KIND_NAMES, type Kind } from '../manifest/kinds.ts';
import { type Reference, referencesIn } from '../manifest/references.ts';
import { type Current, keyOf, ORGANISATION, type Wanted } from '../plan/object.ts';
import type { Places } from './places.ts';

export const adapterOf = (kind: Kind, workspace: string): KindAdapter =>
  kind === 'ApiKey' && workspace === ORGANISATION ? organisationApiKeys : ADAPTERS[kind];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Slugs stand for themselves; names, ids, and whatever names a collection have to be looked up. */
const hasToBeFound = ({ kind, by, text }: Reference): boolean =>
  by === 'name' || kind === 'Collection' || UUID.test(text);

/** The kinds that have to be looked at, in each workspace. */
const kindsIn = (wanted: readonly Wanted[], pruneKinds: readonly Kind[]): ReadonlyMap<string, ReadonlySet<Kind>> => {
  const kinds = new Map<string, Set<Kind>>();
  const add = (workspace: string, kind: Kind) => {
    const known = kinds.get(workspace) ?? new Set();
    kinds.set(workspace, known.add(kind));
  };
  for (const { kind, workspace, name, spec } of wanted) {
    add(workspace, kind);
    for (const reference of referencesIn(spec).filter(hasToBeFound))
      add(kind === 'Workspace' ? name : workspace, reference.kind);
  }
  for (const workspace of [...kinds.keys()].filter((each) => each !== ORGANISATION)) {
    for (const kind of pruneKinds) if (kind !== 'Workspace') add(workspace, kind);
  }
  return kinds;
};

/** What the platform has of everything that the files describe or name; of the first with all that is to be compared. */
export const loadCurrent = async (
  api: Api,
  places: Places,
  wanted: readonly Wanted[],
  pruneKinds: readonly Kind[],
): Promise<readonly Current[]> => {
  const wantedKeys = new Set(wanted.map(keyOf));
  const current: Current[] = [];
  for (const [workspace, kinds] of kindsIn(wanted, pruneKinds)) {
    const place = places.place(workspace);
    if (place === undefined) continue;
    for (const kind of KIND_NAMES.filter((each) => kinds.has(each))) {
      const adapter = adapterOf(kind, workspace);
      for (const { item, ...listed } of await adapter.list(api, place)) {
        const isWanted = wantedKeys.has(keyOf({ kind, workspace, name: listed.name }));
        const spec = isWanted ? await adapter.spec(api, { item, ...listed }, place) : {};
        current.push({ kind, workspace, ...listed, spec });
      }
    }
  }
  return current;
};
