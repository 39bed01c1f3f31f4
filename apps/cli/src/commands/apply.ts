import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearestName } from '@portolan/config-schema';
import { assertSecrets, execute } from '../apply/execute.ts';
import { loadCurrent } from '../apply/load.ts';
import { openPlaces, type Places, placed } from '../apply/places.ts';
import type { Command, Flag, Given } from '../arguments/command.ts';
import type { Context } from '../context.ts';
import { ApiFailure, EXIT, Refused } from '../failure.ts';
import type { Api } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import type { JsonObject } from '../json.ts';
import { configProblems } from '../manifest/check-config.ts';
import { isKind, KIND_NAMES, type Kind } from '../manifest/kinds.ts';
import { readManifests } from '../manifest/read-files.ts';
import { type SecretFile, takeSecretFile } from '../output/secret-file.ts';
import type { Current } from '../plan/object.ts';
import { type Action, changesIn, plan } from '../plan/plan.ts';
import { actionAsJson, actionDiff, actionLine, objectWord, summary } from '../plan/render.ts';

const FILE_FLAGS: readonly Flag[] = [
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

interface Prepared {
  readonly api: Api;
  readonly places: Places;
  readonly current: readonly Current[];
  readonly actions: readonly Action[];
}

/** From files to what is to be done. @param only  the kind that the command is about, if it is about one */
const prepare = async (context: Context, given: Given, only: Kind | undefined): Promise<Prepared> => {
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

const lines = (actions: readonly Action[]): string =>
  changesIn(actions)
    .map((action) => `${actionLine(action)}\n`)
    .join('');

const planAnswer = (actions: readonly Action[], more: JsonObject = {}) => ({
  json: { actions: actions.map(actionAsJson), ...more },
});

const makesKeys = (actions: readonly Action[]): boolean =>
  actions.some(({ kind, verb }) => kind === 'ApiKey' && verb === 'create');

/** A file for each key that will be made, taken before any is. */
const takeKeyFiles = (actions: readonly Action[], folder: string | undefined): ReadonlyMap<Action, SecretFile> => {
  const taken = new Map<Action, SecretFile>();
  if (folder === undefined) return taken;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    for (const action of actions.filter(({ kind, verb }) => kind === 'ApiKey' && verb === 'create')) {
      taken.set(action, takeSecretFile(fileOf(folder, action)));
    }
  } catch (error) {
    for (const file of taken.values()) file.release();
    throw error;
  }
  return taken;
};

const fileOf = (folder: string, { name }: Action): string => join(folder, `${name.replace(/[^\w.-]+/g, '-')}.key`);

const failed = (error: unknown, done: readonly Action[], left: number): unknown => {
  const told = done.length === 0 ? 'Nothing was done before that.' : `Done before that:\n${lines(done)}`;
  const sentence = `${told.trimEnd()}\n${left} more not begun.`;
  if (error instanceof ApiFailure) {
    return new ApiFailure({ ...error.refusal, sentence: `${error.refusal.sentence}\n${sentence}` });
  }
  return error instanceof Refused ? new Refused(`${error.message}\n${sentence}`) : error;
};

const applyFor = (only: Kind | undefined, words: readonly string[]): Command => ({
  words,
  text:
    only === undefined
      ? 'Makes the platform have what files describe. A second run changes nothing.'
      : `Like "apply", for the documents of kind ${only}; others are passed over.`,
  flags: [
    ...FILE_FLAGS,
    { name: 'dry-run', text: 'Says what would be done, and does nothing.' },
    { name: 'keys-dir', value: 'DIR', text: 'Where new API keys are written, one file each, readable by you only.' },
    YES_FLAG,
  ],
  async run(context, given) {
    const { io } = context;
    const { api, places, current, actions } = await prepare(context, given, only);
    const changes = changesIn(actions);
    if (given.has('dry-run')) {
      return {
        ...planAnswer(actions, { dry_run: true }),
        text: `${lines(actions)}Nothing was done: ${summary(actions)}.\n`,
      };
    }
    const folder = given.text('keys-dir');
    if (folder === undefined && makesKeys(actions)) {
      throw new Refused('API keys would be made, and each is shown once: say where to, with --keys-dir DIR.');
    }
    assertSecrets(changes, current, io.env);
    const deleted = changes.filter(({ verb }) => verb === 'delete');
    if (deleted.length > 0) await confirmed(io, given, `${lines(deleted)}Delete ${deleted.length} of them?`);
    const files = takeKeyFiles(changes, folder);
    const done: Action[] = [];
    try {
      await execute(changes, current, {
        api,
        places,
        env: io.env,
        onDone: (action) => {
          done.push(action);
          if (!given.has('json')) io.out(`${actionLine(action)}\n`);
        },
        onSecret: (action, secret) => files.get(action)?.write(secret),
      });
    } catch (error) {
      const next = changes[done.length];
      if (next !== undefined) io.err(`failed: ${objectWord(next)}\n`);
      throw failed(error, done, changes.length - done.length - 1);
    } finally {
      for (const file of files.values()) file.release();
    }
    return {
      ...planAnswer(actions),
      text: `${changes.length === 0 ? 'Nothing to do' : 'Done'}: ${summary(actions)}.\n`,
    };
  },
});

const diffFor = (only: Kind | undefined, words: readonly string[]): Command => ({
  words,
  text:
    only === undefined
      ? 'Shows what "apply" would change. Exit code 1 when something would, 0 when nothing.'
      : `Like "diff", for the documents of kind ${only}.`,
  flags: FILE_FLAGS,
  async run(context, given) {
    const { actions } = await prepare(context, given, only);
    return {
      ...planAnswer(actions),
      text: actions.map(actionDiff).join(''),
      exitCode: changesIn(actions).length === 0 ? EXIT.done : EXIT.changes,
    };
  },
});

export const applyCommands: readonly Command[] = [applyFor(undefined, ['apply']), diffFor(undefined, ['diff'])];

export const configApplyCommands: readonly Command[] = [
  applyFor('Config', ['configs', 'apply']),
  diffFor('Config', ['configs', 'diff']),
];
