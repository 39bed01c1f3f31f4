import type { Command } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import { type Api, path } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import { type JsonObject, textOf } from '../json.ts';
import { say, showList } from '../output/show.ts';

/** People of a workspace, or of the organisation. Only the flag counts: a variable must not narrow what is removed. */
const peopleAt = (workspace: string | undefined): string =>
  workspace === undefined ? '/admin/users' : path`/admin/workspaces/${workspace}/users`;

/** The id of somebody who is named by id or e-mail address. @throws Refused  for an address that nobody has */
const userId = async (api: Api, people: string, ref: string): Promise<string> => {
  if (!ref.includes('@')) return ref;
  const found = (await api.list(people, { email: ref })).find(
    (user) => textOf(user, 'email').toLowerCase() === ref.toLowerCase(),
  );
  if (found === undefined) throw new Refused(`There is nobody with the address ${ref} here.`);
  return textOf(found, 'id');
};

const list: Command = {
  words: ['users', 'list'],
  text: 'Lists the people of the organisation, or with --workspace those of a workspace; and open invites.',
  async run({ api }, given) {
    const workspace = given.text('workspace');
    const people = await api().list(peopleAt(workspace));
    const invites = workspace === undefined ? await api().list('/admin/users/invites', { status: 'pending' }) : [];
    const rows: readonly JsonObject[] = [...people, ...invites];
    return showList(rows, [
      { title: 'id', from: 'id' },
      { title: 'email', from: 'email' },
      { title: 'name', from: (row) => `${textOf(row, 'first_name')} ${textOf(row, 'last_name')}`.trim() },
      { title: 'role', from: 'role' },
      { title: 'state', from: ({ object }) => (object === 'invite' ? 'invited' : 'active') },
    ]);
  },
};

const placeOf = (text: string): JsonObject => {
  const [id = '', role = 'member'] = text.split('=');
  return { id, role };
};

const invite: Command = {
  words: ['users', 'invite'],
  operands: [{ name: 'email' }],
  text: 'Invites somebody, and shows the link to hand on.',
  flags: [
    { name: 'role', value: 'admin|member', text: 'In the organisation (member).' },
    { name: 'in', value: 'WORKSPACE=ROLE', many: true, text: 'In a workspace: admin, manager or member.' },
  ],
  async run({ api }, given) {
    const email = given.operand('email');
    const role = given.text('role') ?? 'member';
    const workspaces = given.all('in').map(placeOf);
    const answer = await api().send('POST', '/admin/users/invites', { email, role, workspaces });
    return { json: answer, text: `Invited ${email}. The link to hand on:\n${textOf(answer, 'invite_link')}\n` };
  },
};

const remove: Command = {
  words: ['users', 'remove'],
  operands: [{ name: 'user' }],
  text: 'Removes somebody, by id or e-mail address, from the organisation, or with --workspace from a workspace.',
  flags: [YES_FLAG],
  async run({ api, io }, given) {
    const ref = given.operand('user');
    const workspace = given.text('workspace');
    const people = peopleAt(workspace);
    const id = await userId(api(), people, ref);
    const from = workspace === undefined ? 'the organisation, with the keys of this person' : `workspace ${workspace}`;
    await confirmed(io, given, `Remove ${ref} from ${from}?`);
    await api().send('DELETE', `${people}${path`/${id}`}`);
    return say(`${ref} is removed.`, { id });
  },
};

const role: Command = {
  words: ['users', 'role'],
  operands: [{ name: 'user' }, { name: 'role' }],
  text: 'Gives somebody another role in the organisation, or with --workspace in a workspace.',
  async run({ api }, given) {
    const ref = given.operand('user');
    const people = peopleAt(given.text('workspace'));
    const id = await userId(api(), people, ref);
    await api().send('PUT', `${people}${path`/${id}`}`, { role: given.operand('role') });
    return say(`${ref} is ${given.operand('role')} now.`, { id, role: given.operand('role') });
  },
};

export const userCommands: readonly Command[] = [list, invite, remove, role];
