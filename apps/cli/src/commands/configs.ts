import { readFileSync } from 'node:fs';
import { PROVIDER_NAMES, parseConfig } from '@portolan/config-schema';
import { parse } from 'yaml';
import type { Command } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import { type Api, path } from '../http/api.ts';
import { confirmed, YES_FLAG } from '../input/confirm.ts';
import { isArray, isObject, type JsonObject, textOf } from '../json.ts';
import { configOf } from '../kinds/config.ts';
import { say, showList, showObject } from '../output/show.ts';

const CONFIG_MAX_BYTES = 1_048_576;

const list: Command = {
  words: ['configs', 'list'],
  text: 'Lists configs.',
  async run({ api, inWorkspace }) {
    return showList(await api().list('/configs', inWorkspace()), [
      { title: 'slug', from: 'slug' },
      { title: 'name', from: 'name' },
      { title: 'default', from: ({ is_default }) => (is_default === 1 ? 'yes' : '') },
      { title: 'changed', from: 'last_updated_at' },
    ]);
  },
};

const get: Command = {
  words: ['configs', 'get'],
  operands: [{ name: 'slug' }],
  text: 'Shows a config.',
  async run({ api }, given) {
    const answer = await api().get(path`/configs/${given.operand('slug')}`);
    return showObject({ ...answer, config: configOf(answer.config) });
  },
};

const readConfig = (text: string): JsonObject => {
  const config: unknown = (() => {
    try {
      return parse(text);
    } catch (error) {
      throw new Refused(
        `The config is neither JSON nor YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
      );
    }
  })();
  const parsed = parseConfig(config, 'saved', { providerNames: new Set([...PROVIDER_NAMES, 'rehearsal']) });
  if (!parsed.ok) throw new Refused(`${parsed.message}:\n  ${parsed.errors.join('\n  ')}`);
  return isObject(config) ? config : {};
};

const create: Command = {
  words: ['configs', 'create'],
  operands: [{ name: 'name' }],
  text: 'Saves a config from a file or from stdin, after checking it here.',
  flags: [
    { name: 'file', letter: 'f', value: 'PATH', text: 'The config itself, as JSON or YAML; without it stdin.' },
    { name: 'default', text: 'Makes it the default of the workspace.' },
  ],
  async run({ api, io, inWorkspace }, given) {
    const name = given.operand('name');
    const file = given.text('file');
    const config = readConfig(file === undefined ? await io.readStdin(CONFIG_MAX_BYTES) : readText(file));
    const isDefault = given.has('default') ? { is_default: 1 } : {};
    const answer = await api().send('POST', '/configs', { name, config, ...isDefault, ...inWorkspace() });
    return say(`Saved the config ${textOf(answer, 'slug')}.`, answer);
  },
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Refused(`${file} cannot be read.`);
  }
};

const remove: Command = {
  words: ['configs', 'delete'],
  operands: [{ name: 'slug' }],
  text: 'Deletes a config. Requests that name it fail from then on.',
  flags: [YES_FLAG],
  async run({ api, io }, given) {
    const slug = given.operand('slug');
    await confirmed(io, given, `Delete the config ${slug}?`);
    await api().send('DELETE', path`/configs/${slug}`);
    return say(`Deleted the config ${slug}.`, { slug });
  },
};

/** Newest first, each with its number: the platform’s own, else counted from the oldest. */
const versionsOf = async (api: Api, slug: string): Promise<readonly JsonObject[]> => {
  const { data } = await api.get(path`/configs/${slug}/versions`);
  const versions = isArray(data) ? data.filter(isObject) : [];
  return versions.map((version, at) => ({ ...version, version: version.version ?? versions.length - at }));
};

const history: Command = {
  words: ['configs', 'history'],
  aliases: [['history']],
  operands: [{ name: 'slug' }],
  text: 'Lists the versions of a config, the newest first.',
  async run({ api }, given) {
    return showList(await versionsOf(api(), given.operand('slug')), [
      { title: 'version', from: 'version' },
      { title: 'version id', from: 'version_id' },
      { title: 'made', from: 'created_at' },
      { title: 'by', from: 'updated_by' },
    ]);
  },
};

const rollback: Command = {
  words: ['configs', 'rollback'],
  aliases: [['rollback']],
  operands: [{ name: 'slug' }],
  text: 'Saves an older version of a config once more, as the newest.',
  flags: [{ name: 'to', value: 'NUMBER|VERSION_ID', text: 'The version, as "configs history" names it.' }],
  async run({ api }, given) {
    const slug = given.operand('slug');
    const to = given.required('to');
    const versions = await versionsOf(api(), slug);
    const found = versions.find(({ version, version_id }) => String(version) === to || version_id === to);
    if (found === undefined)
      throw new Refused(`The config ${slug} has no version ${to}; see "configs history ${slug}".`);
    const answer = await api().send('PUT', path`/configs/${slug}`, { config: configOf(found.config) });
    return say(`The config ${slug} is as in version ${textOf(found, 'version')} again.`, answer);
  },
};

export const configCommands: readonly Command[] = [list, get, create, remove, history, rollback];
