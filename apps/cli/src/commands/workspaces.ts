import type { Command } from '../arguments/command.ts';
import { path } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import { textOf } from '../json.ts';
import { say, showList } from '../output/show.ts';

const list: Command = {
  words: ['workspaces', 'list'],
  text: 'Lists workspaces.',
  run: async ({ api }) =>
    showList(await api().list('/admin/workspaces'), [
      { title: 'slug', from: 'slug' },
      { title: 'name', from: 'name' },
      { title: 'id', from: 'id' },
      { title: 'default', from: ({ is_default }) => (is_default === 1 ? 'yes' : '') },
    ]),
};

const create: Command = {
  words: ['workspaces', 'create'],
  operands: [{ name: 'name' }],
  text: 'Makes a workspace.',
  flags: [{ name: 'description', value: 'TEXT', text: 'What it is for.' }],
  async run({ api }, given) {
    const name = given.operand('name');
    const description = given.text('description');
    const answer = await api().send('POST', '/admin/workspaces', {
      name,
      ...(description === undefined ? {} : { description }),
    });
    return say(`Made the workspace ${textOf(answer, 'slug')}.`, answer);
  },
};

const remove: Command = {
  words: ['workspaces', 'delete'],
  operands: [{ name: 'workspace' }],
  text: 'Deletes a workspace that is empty, or with --force everything in it too.',
  flags: [{ name: 'force', text: 'With its configs, prompts, virtual keys and API keys.' }, YES_FLAG],
  async run({ api, io }, given) {
    const at = path`/admin/workspaces/${given.operand('workspace')}`;
    const name = textOf(await api().get(at), 'name');
    const isForced = given.has('force');
    await confirmed(io, given, `Delete the workspace "${name}"${isForced ? ' with everything in it' : ''}?`);
    await api().send('DELETE', at, { name, ...(isForced ? { force_delete: true } : {}) });
    return say(`Deleted the workspace "${name}".`, { name });
  },
};

export const workspaceCommands: readonly Command[] = [list, create, remove];
