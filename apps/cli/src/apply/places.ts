import { ApiFailure, Refused } from '../failure.ts';
import type { Api } from '../http/api.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { Place } from '../kinds/adapter.ts';
import { workspaceOf } from '../kinds/adapter.ts';
import type { Document } from '../manifest/document.ts';
import type { Kind } from '../manifest/kinds.ts';
import { ORGANISATION, toWanted, type Wanted } from '../plan/object.ts';

const NOWHERE = '';
/** The workspace of the key, when nobody had to name any. */
const OWN = '';

interface Self {
  readonly id: string | undefined;
  readonly isOfOrganisation: boolean;
  readonly workspaceId: string | undefined;
}

/** The key that asks. Tokens are not known as keys; they belong to a workspace. */
const readSelf = async (api: Api): Promise<Self> => {
  try {
    const self = await api.get('/api-keys/self');
    return {
      id: textOf(self, 'id'),
      isOfOrganisation: self.type === 'organisation-service',
      workspaceId: textOf(self, 'workspace_id') || undefined,
    };
  } catch (error) {
    if (error instanceof ApiFailure && error.refusal.status === 404) {
      return { id: undefined, isOfOrganisation: false, workspaceId: undefined };
    }
    throw error;
  }
};

/** The workspaces of one run, and how it calls them. */
export interface Places {
  /** A workspace as files name it, by the name that this run knows it by. @throws Refused */
  label(text: string | undefined): string;
  /** Undefined for a workspace that does not exist yet. */
  place(label: string): Place | undefined;
  /** A workspace was made. */
  learn(label: string, id: string): void;
  readonly default: string;
}

const placeAt = (api: Api, workspaceId: string | undefined, ownKeyId: string | undefined): Place => {
  let labels: Promise<ReadonlyMap<string, string>> | undefined;
  const load = async () =>
    new Map(
      (await api.list('/labels', workspaceOf({ workspaceId }))).map((item) => [
        textOf(item, 'name'),
        textOf(item, 'id'),
      ]),
    );
  return {
    workspaceId,
    ownKeyId,
    labels: () => {
      labels ??= load();
      return labels;
    },
  };
};

const find = (workspaces: readonly JsonObject[], text: string): JsonObject | undefined => {
  const exact = workspaces.find(({ id, slug }) => id === text || slug === text);
  if (exact !== undefined) return exact;
  const [first, second] = workspaces.filter(({ name }) => name === text);
  if (second !== undefined) throw new Refused(`There are several workspaces "${text}": name one by its slug.`);
  return first;
};

/**
 * @param named  workspaces that files or flags name
 * @param made  workspaces that files describe: they may not exist yet
 */
export const openPlaces = async (
  api: Api,
  {
    wish,
    named,
    made,
  }: { readonly wish: string | undefined; readonly named: readonly string[]; readonly made: readonly string[] },
): Promise<Places> => {
  const self = await readSelf(api);
  const isAsked = named.length > 0 || made.length > 0 || wish !== undefined;
  const workspaces = isAsked ? await api.list('/admin/workspaces') : [];
  const ids = new Map<string, string>();

  const label = (text: string | undefined): string => {
    const meant = text ?? wish ?? (isAsked ? self.workspaceId : undefined);
    if (meant === undefined) {
      if (!self.isOfOrganisation) return OWN;
      throw new Refused('This key belongs to no workspace: say which is meant, with --workspace or in the file.');
    }
    const found = find(workspaces, meant);
    const name = found === undefined ? meant : textOf(found, 'name');
    if (found !== undefined) ids.set(name, textOf(found, 'id'));
    else if (!made.includes(meant)) throw new Refused(`There is no workspace "${meant}".`);
    return name;
  };

  return {
    label,
    place: (name) => {
      if (name === OWN || name === ORGANISATION) return placeAt(api, undefined, self.id);
      const id = ids.get(name);
      return id === undefined ? undefined : placeAt(api, id, self.id);
    },
    learn: (name, id) => {
      ids.set(name, id);
    },
    get default() {
      return label(undefined);
    },
  };
};

const isOfOrganisation = (kind: Kind, spec: JsonObject): boolean =>
  kind === 'ApiKey' && spec.type === 'organisation-service';

/** A document with its workspace called as this run calls it. @throws Refused */
export const placed = (document: Document, places: Places): Wanted => {
  if (document.kind === 'Workspace') return toWanted(document, NOWHERE);
  return toWanted(
    document,
    isOfOrganisation(document.kind, document.spec) ? ORGANISATION : places.label(document.workspace),
  );
};
