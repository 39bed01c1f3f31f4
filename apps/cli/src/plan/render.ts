import { createTwoFilesPatch } from 'diff';
import type { JsonObject } from '../json.ts';
import { asYaml } from '../output/show.ts';
import { plain } from '../output/table.ts';
import type { Action } from './action.ts';
import { ORGANISATION } from './object.ts';

const WORDS = { create: 'created', update: 'changed', keep: 'unchanged', delete: 'deleted' } as const;

const placeWords = (workspace: string): string => {
  if (workspace === ORGANISATION) return ' of the organisation';
  return workspace === '' ? '' : ` in ${workspace}`;
};

/** `Config "careful" in research` */
export const objectWord = ({ kind, name, workspace }: Pick<Action, 'kind' | 'name' | 'workspace'>): string =>
  plain(`${kind} "${name}"${placeWords(workspace)}`);

/** What would be done to an object, in one line. */
export const actionLine = (action: Action): string => {
  const fields = action.verb === 'update' ? `: ${action.changes.map(({ name }) => name).join(', ')}` : '';
  return `${WORDS[action.verb].padEnd(9)}  ${objectWord(action)}${fields}`;
};

const side = (action: Action, which: 'before' | 'after'): string => {
  const fields: JsonObject = Object.fromEntries(
    action.changes.filter((change) => change[which] !== null).map((change) => [change.name, change[which]]),
  );
  return Object.keys(fields).length === 0 ? '' : asYaml(fields);
};

const CONTEXT_LINES = 3;

/** The change of one object as a unified diff of what the file names; '' where nothing changes. */
export const actionDiff = (action: Action): string => {
  if (action.verb === 'keep') return '';
  if (action.verb === 'delete') return `--- ${objectWord(action)}\n+++ /dev/null\n`;
  const from = action.verb === 'create' ? '' : side(action, 'before');
  const patch = createTwoFilesPatch('', '', from, side(action, 'after'), undefined, undefined, {
    context: CONTEXT_LINES,
  });
  const hunks = patch.includes('@@') ? patch.slice(patch.indexOf('@@')) : '';
  const head = `--- ${action.verb === 'create' ? '/dev/null' : objectWord(action)}\n+++ ${objectWord(action)}\n`;
  return head + hunks;
};

const count = (actions: readonly Action[], verb: Action['verb']): number =>
  actions.filter((action) => action.verb === verb).length;

/** `2 created, 1 changed, 5 unchanged`; `nothing to do` where there is nothing. */
export const summary = (actions: readonly Action[]): string => {
  const parts = (['create', 'update', 'delete', 'keep'] as const)
    .map((verb) => [count(actions, verb), WORDS[verb]] as const)
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${many} ${word}`);
  return parts.length === 0 ? 'nothing is described' : parts.join(', ');
};

/** An action for programs. */
export const actionAsJson = (action: Action): JsonObject => ({
  action: WORDS[action.verb],
  kind: action.kind,
  name: action.name,
  workspace: ['', ORGANISATION].includes(action.workspace) ? null : action.workspace,
  fields: action.changes.map(({ name }) => name),
});
