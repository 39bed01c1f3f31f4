import { assertSecrets, execute } from '../apply/execute.ts';
import { makesKeys, takeKeyFiles } from '../apply/key-files.ts';
import { FILE_FLAGS, prepare } from '../apply/prepare.ts';
import type { Command } from '../arguments/command.ts';
import { ApiFailure, EXIT, Refused } from '../failure.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import type { JsonObject } from '../json.ts';
import type { Kind } from '../manifest/kinds.ts';
import { type Action, changesIn } from '../plan/action.ts';
import { actionAsJson, actionDiff, actionLine, objectWord, summary } from '../plan/render.ts';

const lines = (actions: readonly Action[]): string =>
  changesIn(actions)
    .map((action) => `${actionLine(action)}\n`)
    .join('');

const planAnswer = (actions: readonly Action[], more: JsonObject = {}) => ({
  json: { actions: actions.map(actionAsJson), ...more },
});

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
    assertSecrets(changes, io.env);
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
