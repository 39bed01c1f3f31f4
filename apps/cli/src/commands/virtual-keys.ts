import type { Command, Flag } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import { path } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import { LIMIT_FLAGS, limitsOf } from '../input/limits.ts';
import { providerSettings } from '../input/provider-settings.ts';
import { readSecretInput } from '../input/secret.ts';
import { textOf } from '../json.ts';
import { say, showList, showObject } from '../output/show.ts';

const HOUR_MS = 3_600_000;

const SETTING_FLAGS: readonly Flag[] = [
  {
    name: 'set',
    value: 'NAME=VALUE',
    many: true,
    text: 'A field of the provider that is no secret: aws_region=eu-west-1.',
  },
  {
    name: 'set-file',
    value: 'NAME=PATH',
    many: true,
    text: 'A field from a file: vertex_service_account_json=sa.json.',
  },
  {
    name: 'set-env',
    value: 'NAME=VARIABLE',
    many: true,
    text: 'A field from a variable: aws_secret_access_key=AWS_SECRET_ACCESS_KEY.',
  },
];
const KEY_FILE: Flag = { name: 'key-file', value: 'PATH', text: 'File with the provider’s key.' };
const NOTE: Flag = { name: 'note', value: 'TEXT', text: 'For people.' };

const create: Command = {
  words: ['virtual-keys', 'create'],
  operands: [{ name: 'name' }],
  text: 'Keeps a provider’s credential, under a name that requests use instead of it.',
  notes:
    'The provider’s key is read from --key-file, from stdin, or asked for without showing it. It is not asked for when the credential consists of other fields, or with --no-key.',
  flags: [
    { name: 'provider', value: 'NAME', text: 'openai, anthropic, azure-openai, bedrock, vertex-ai …' },
    KEY_FILE,
    { name: 'no-key', text: 'The credential has no single key.' },
    ...SETTING_FLAGS,
    { name: 'slug', value: 'SLUG', text: 'A slug of your choice.' },
    NOTE,
    ...LIMIT_FLAGS,
  ],
  async run({ api, io, inWorkspace }, given) {
    const name = given.operand('name');
    const provider = given.required('provider');
    const settings = providerSettings(given, provider, io);
    const isComplete = given.has('no-key') || given.has('set-file') || given.has('set-env');
    const key =
      given.has('key-file') || !isComplete
        ? { key: await readSecretInput(io, given.text('key-file'), `Key of ${provider}: `) }
        : {};
    const answer = await api().send('POST', '/virtual-keys', {
      name,
      provider,
      ...settings,
      ...key,
      ...inWorkspace(),
      ...(given.has('slug') ? { slug: given.required('slug') } : {}),
      ...(given.has('note') ? { note: given.required('note') } : {}),
      ...limitsOf(given),
    });
    return say(`Made the virtual key ${textOf(answer, 'slug')}.`, answer);
  },
};

const list: Command = {
  words: ['virtual-keys', 'list'],
  text: 'Lists virtual keys.',
  async run({ api, inWorkspace }) {
    return showList(await api().list('/virtual-keys', inWorkspace()), [
      { title: 'slug', from: 'slug' },
      { title: 'name', from: 'name' },
      { title: 'provider', from: 'ai_provider_name' },
      { title: 'key', from: 'masked_api_key' },
      { title: 'status', from: 'status' },
      { title: 'expires', from: 'expires_at' },
    ]);
  },
};

const get: Command = {
  words: ['virtual-keys', 'get'],
  operands: [{ name: 'slug' }],
  text: 'Shows a virtual key; of its secrets only that they are there.',
  run: async ({ api }, given) => showObject(await api().get(path`/virtual-keys/${given.operand('slug')}`)),
};

const update: Command = {
  words: ['virtual-keys', 'update'],
  operands: [{ name: 'slug' }],
  text: 'Changes the fields of a virtual key that are named.',
  flags: [
    { name: 'name', value: 'NAME', text: 'Another name; the slug stays.' },
    NOTE,
    ...SETTING_FLAGS,
    ...LIMIT_FLAGS,
  ],
  async run({ api, io }, given) {
    const slug = given.operand('slug');
    const at = path`/virtual-keys/${slug}`;
    const { ai_provider_name } = await api().get(at);
    const body = {
      ...providerSettings(given, String(ai_provider_name), io),
      ...(given.has('name') ? { name: given.required('name') } : {}),
      ...(given.has('note') ? { note: given.required('note') } : {}),
      ...limitsOf(given),
    };
    if (Object.keys(body).length === 0) throw new Refused('Nothing was named that should change.');
    return say(`Changed the virtual key ${slug}.`, await api().send('PUT', at, body));
  },
};

const rotate: Command = {
  words: ['virtual-keys', 'rotate'],
  operands: [{ name: 'slug' }],
  text: 'Replaces the provider’s key; requests go on with the new one.',
  flags: [
    KEY_FILE,
    { name: 'overlap', value: 'HOURS', text: 'Gateways that have not heard of it may use the old one for so long.' },
  ],
  async run({ api, io }, given) {
    const slug = given.operand('slug');
    const hours = given.text('overlap');
    if (hours !== undefined && !/^\d+(\.\d+)?$/.test(hours)) throw new Refused('--overlap must be a number of hours.');
    const key = await readSecretInput(io, given.text('key-file'), `New key for ${slug}: `);
    const overlap = hours === undefined ? {} : { key_transition_period_ms: Math.round(Number(hours) * HOUR_MS) };
    return say(
      `Rotated the virtual key ${slug}.`,
      await api().send('PUT', path`/virtual-keys/${slug}`, { key, ...overlap }),
    );
  },
};

const remove: Command = {
  words: ['virtual-keys', 'delete'],
  operands: [{ name: 'slug' }],
  text: 'Deletes a virtual key and its credential. Requests that name it fail from then on.',
  flags: [YES_FLAG],
  async run({ api, io }, given) {
    const slug = given.operand('slug');
    await confirmed(io, given, `Delete the virtual key ${slug} and its credential?`);
    await api().send('DELETE', path`/virtual-keys/${slug}`);
    return say(`Deleted the virtual key ${slug}.`, { slug });
  },
};

export const virtualKeyCommands: readonly Command[] = [create, list, get, update, rotate, remove];
