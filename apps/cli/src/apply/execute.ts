import { Refused } from '../failure.ts';
import type { Api } from '../http/api.ts';
import type { JsonObject } from '../json.ts';
import { fieldsOf, type Made } from '../kinds/adapter.ts';
import { comparisonOf } from '../manifest/document.ts';
import { readSecret, withSecrets } from '../manifest/secret-reference.ts';
import type { Action } from '../plan/action.ts';
import type { Current, Wanted } from '../plan/object.ts';
import { objectWord } from '../plan/render.ts';
import { handlesOf, resolvedForCall } from '../plan/resolve.ts';
import { adapterOf } from './load.ts';
import type { Places } from './places.ts';

export interface Executor {
  readonly api: Api;
  readonly places: Places;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An object was made, changed or deleted. */
  onDone(action: Action): void;
  /** A new API key, which is shown this once. */
  onSecret(action: Action, secret: string): void;
}

/** Fields that go along whenever something changes, since the change alone would lose them. */
const ALONG = new Set(['note', 'contains']);

const whereIs = ({ kind, name, workspace }: Wanted): string => (kind === 'Workspace' ? name : workspace);

const secretsIn = (spec: JsonObject, { kind, name, folder, where }: Wanted, env: Executor['env']): JsonObject =>
  withSecrets(spec, (reference) => readSecret(reference, { env, folder, where: `${where}: ${kind} "${name}"` }));

const specToSend = (wanted: Wanted, known: readonly Current[], env: Executor['env']): JsonObject =>
  secretsIn(resolvedForCall(wanted.spec, whereIs(wanted), handlesOf(known)), wanted, env);

const placeOf = (places: Places, action: Action) => {
  const place = places.place(action.workspace);
  if (place === undefined) throw new Refused(`${objectWord(action)}: its workspace was not made.`);
  return place;
};

/** The object as later ones may name it. */
const current = ({ kind, name, workspace }: Action, { id, slug, handle }: Made): Current => ({
  kind,
  name,
  workspace,
  id,
  slug,
  handle,
  spec: {},
});

const perform = async (action: Action, known: readonly Current[], executor: Executor): Promise<Current | undefined> => {
  const { api, places, env } = executor;
  const adapter = adapterOf(action.kind, action.workspace);
  const place = placeOf(places, action);
  if (action.verb === 'delete') {
    await adapter.remove(api, action.current);
    return undefined;
  }
  const { wanted } = action;
  if (action.verb === 'create') {
    const made = await adapter.create(api, place, action.name, specToSend(wanted, known, env));
    if (action.kind === 'Workspace') places.learn(action.name, made.id);
    if (made.secret !== undefined) executor.onSecret(action, made.secret);
    return current(action, made);
  }
  if (action.verb === 'keep') return undefined;
  const there = action.current ?? known.findLast((each) => each.kind === action.kind && each.name === action.name);
  if (there === undefined) throw new Refused(`${objectWord(action)} was not made.`);
  const changed = new Set(action.changes.map(({ name }) => name));
  const names = Object.keys(wanted.spec).filter(
    (name) => changed.has(name) || ALONG.has(comparisonOf(wanted.kind, wanted.spec, name) ?? ''),
  );
  const fields = specToSend({ ...wanted, spec: fieldsOf(wanted.spec, names) }, known, env);
  await adapter.update(api, place, { current: there, fields });
  return undefined;
};

/**
 * Does what a plan says, one thing after the other, and stops at the first that fails.
 * @param current  what the plan was made from: what later objects name
 */
export const execute = async (
  actions: readonly Action[],
  current: readonly Current[],
  executor: Executor,
): Promise<void> => {
  const known = [...current];
  for (const action of actions) {
    if (action.verb === 'keep') continue;
    const made = await perform(action, known, executor);
    if (made !== undefined) known.push(made);
    executor.onDone(action);
  }
};

/** Reads every secret that a plan will need, so that a missing one is found before anything is done. @throws Refused */
export const assertSecrets = (actions: readonly Action[], env: Executor['env']): void => {
  for (const action of actions) {
    if (action.verb !== 'create' && action.verb !== 'update') continue;
    const names = action.verb === 'create' ? Object.keys(action.wanted.spec) : action.changes.map(({ name }) => name);
    secretsIn(fieldsOf(action.wanted.spec, names), action.wanted, env);
  }
};
