import { API_KEY_TYPES, type ApiKeyType, scopesFor } from '@portolan/access-control';
import { nearestName } from '@portolan/config-schema';
import type { Answer, Command } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import { path } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import { LIMIT_FLAGS, limitsOf } from '../input/limits.ts';
import { type JsonObject, textOf } from '../json.ts';
import { keyTypePath } from '../kinds/api-key.ts';
import { OUT_FLAG, takeSecretFile } from '../output/secret-file.ts';
import { say, showList, showObject } from '../output/show.ts';

const TYPES = Object.keys(API_KEY_TYPES);
const HOUR_MS = 3_600_000;

const isType = (text: string): text is ApiKeyType => Object.hasOwn(API_KEY_TYPES, text);

const typeOf = (text: string): ApiKeyType => {
  if (isType(text)) return text;
  const nearest = nearestName(text, TYPES);
  throw new Refused(
    `There is no type "${text}"${nearest === undefined ? `: ${TYPES.join(', ')}.` : `; did you mean "${nearest}"?`}`,
  );
};

const splitScopes = (given: readonly string[]): readonly string[] =>
  given
    .flatMap((text) => text.split(','))
    .map((scope) => scope.trim())
    .filter(Boolean);

/** Makes a secret and shows it, the one time that it is shown: in a file of its own, or on stdout. */
const shownOnce = async (
  file: string | undefined,
  make: () => Promise<JsonObject>,
  what: (answer: JsonObject) => string,
): Promise<Answer> => {
  const place = file === undefined ? undefined : takeSecretFile(file);
  try {
    const answer = await make();
    const { key, ...rest } = answer;
    const sentence = `${what(answer)}, id ${textOf(answer, 'id')}.`;
    if (place === undefined)
      return { json: answer, text: `${sentence} The key is shown this once:\n${textOf({ key }, 'key')}\n` };
    place.write(textOf({ key }, 'key'));
    return say(`${sentence} The key is in ${place.path}.`, { ...rest, key_file: place.path });
  } finally {
    place?.release();
  }
};

const create: Command = {
  words: ['keys', 'create'],
  operands: [{ name: 'name' }],
  text: 'Makes an API key, and shows it this once.',
  flags: [
    { name: 'type', value: TYPES.join('|'), text: 'What it belongs to (workspace-service).' },
    {
      name: 'scope',
      value: 'SCOPE,…',
      many: true,
      text: 'What it may do. Without this: everything that such a key may.',
    },
    { name: 'user', value: 'ID', text: 'Whose key it is, for workspace-user.' },
    { name: 'config', value: 'SLUG', text: 'Config of calls that name none.' },
    { name: 'description', value: 'TEXT', text: 'What it is for.' },
    ...LIMIT_FLAGS,
    OUT_FLAG,
  ],
  async run({ api, inWorkspace }, given) {
    const name = given.operand('name');
    const type = typeOf(given.text('type') ?? 'workspace-service');
    const scopes = given.has('scope') ? splitScopes(given.all('scope')) : scopesFor(type);
    const body = {
      name,
      scopes,
      ...(type === 'organisation-service' ? {} : inWorkspace()),
      ...(given.has('user') ? { user_id: given.required('user') } : {}),
      ...(given.has('config') ? { defaults: { config_id: given.required('config') } } : {}),
      ...(given.has('description') ? { description: given.required('description') } : {}),
      ...limitsOf(given),
    };
    return shownOnce(
      given.text('out'),
      () => api().send('POST', keyTypePath(type), body),
      () => `Made the key "${name}"`,
    );
  },
};

const list: Command = {
  words: ['keys', 'list'],
  text: 'Lists API keys.',
  async run({ api, inWorkspace }) {
    return showList(await api().list('/api-keys', inWorkspace()), [
      { title: 'id', from: 'id' },
      { title: 'name', from: 'name' },
      { title: 'type', from: 'type' },
      { title: 'key', from: 'key' },
      { title: 'status', from: 'status' },
      { title: 'expires', from: 'expires_at' },
    ]);
  },
};

const get: Command = {
  words: ['keys', 'get'],
  operands: [{ name: 'id' }],
  text: 'Shows an API key, without its secret.',
  run: async ({ api }, given) => showObject(await api().get(path`/api-keys/${given.operand('id')}`)),
};

const rotate: Command = {
  words: ['keys', 'rotate'],
  operands: [{ name: 'id' }],
  text: 'Gives a key a new secret. The old one goes on working for a while.',
  flags: [{ name: 'overlap', value: 'HOURS', text: 'How long the old secret still works; at least 0.5.' }, OUT_FLAG],
  async run({ api }, given) {
    const hours = given.text('overlap');
    if (hours !== undefined && !/^\d+(\.\d+)?$/.test(hours)) throw new Refused('--overlap must be a number of hours.');
    const body = hours === undefined ? {} : { key_transition_period_ms: Math.round(Number(hours) * HOUR_MS) };
    return shownOnce(
      given.text('out'),
      () => api().send('POST', path`/api-keys/${given.operand('id')}/rotate`, body),
      (answer) => `Rotated; the old secret works until ${textOf(answer, 'key_transition_expires_at')}`,
    );
  },
};

const revoke: Command = {
  words: ['keys', 'revoke'],
  aliases: [['keys', 'delete']],
  operands: [{ name: 'id' }],
  text: 'Ends a key for good.',
  flags: [YES_FLAG],
  async run({ api, io }, given) {
    const id = given.operand('id');
    await confirmed(io, given, `End the key ${id} for good?`);
    await api().send('DELETE', path`/api-keys/${id}`);
    return say(`The key ${id} is revoked.`, { id });
  },
};

export const keyCommands: readonly Command[] = [create, list, get, rotate, revoke];
