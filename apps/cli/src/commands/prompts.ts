import type { Command } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import { type Api, path } from '../http/api.ts';
import { isArray, isObject, type Json, type JsonObject, textOf } from '../json.ts';
import { asYaml, say, showList, showObject } from '../output/show.ts';

const list: Command = {
  words: ['prompts', 'list'],
  text: 'Lists prompts.',
  flags: [{ name: 'collection', value: 'ID|SLUG', text: 'Only those in this collection.' }],
  async run({ api, inWorkspace }, given) {
    const query = { ...inWorkspace(), collection_id: given.text('collection') };
    return showList(await api().list('/prompts', query), [
      { title: 'slug', from: 'slug' },
      { title: 'name', from: 'name' },
      { title: 'model', from: 'model' },
      { title: 'published', from: 'published_version' },
      { title: 'changed', from: 'last_updated_at' },
    ]);
  },
};

const get: Command = {
  words: ['prompts', 'get'],
  operands: [{ name: 'slug' }],
  text: 'Shows a prompt in its published version, or in another one.',
  flags: [{ name: 'version', value: 'NUMBER|latest', text: 'Which version.' }],
  run: async ({ api }, given) =>
    showObject(await api().get(path`/prompts/${given.operand('slug')}`, { version: given.text('version') })),
};

/** A value as JSON where it is some, else the text that it is. */
const jsonOrText = (text: string): Json => {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
};

const variablesOf = (given: readonly string[]): JsonObject =>
  Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Refused(`--var needs NAME=VALUE, not "${text}".`);
      return [text.slice(0, at), jsonOrText(text.slice(at + 1))];
    }),
  );

const render: Command = {
  words: ['prompts', 'render'],
  operands: [{ name: 'ref' }],
  text: 'Shows what a prompt becomes with its variables, without calling a model.',
  notes:
    'REF is a slug, with @NUMBER, @latest or @LABEL for a version. This is a call to the gateway: it needs a key of a workspace with the scope prompts.render.',
  flags: [{ name: 'var', value: 'NAME=VALUE', many: true, text: 'A variable. A value that is JSON is sent as such.' }],
  async run({ api }, given) {
    const variables = variablesOf(given.all('var'));
    const answer = await api().send('POST', path`/prompts/${given.operand('ref')}/render`, { variables });
    return { json: answer, text: asYaml(answer.data ?? answer) };
  },
};

const versionsOf = async (api: Api, slug: string): Promise<readonly JsonObject[]> => {
  const { data } = await api.get(path`/prompts/${slug}/versions`);
  return isArray(data) ? data.filter(isObject) : [];
};

const labelsOf = async (api: Api, query: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> =>
  new Map((await api.list('/labels', query)).map((label) => [textOf(label, 'id'), textOf(label, 'name')]));

const labelIds = ({ label_ids, label_id }: JsonObject): readonly Json[] => {
  if (isArray(label_ids)) return label_ids;
  return label_id == null ? [] : [label_id];
};

const versions: Command = {
  words: ['prompts', 'versions'],
  operands: [{ name: 'slug' }],
  text: 'Lists the versions of a prompt with their labels.',
  async run({ api, inWorkspace }, given) {
    const slug = given.operand('slug');
    const [{ published_version }, found, labels] = await Promise.all([
      api().get(path`/prompts/${slug}`),
      versionsOf(api(), slug),
      labelsOf(api(), inWorkspace()),
    ]);
    return showList(found, [
      { title: 'version', from: 'prompt_version' },
      { title: 'published', from: ({ prompt_version }) => (prompt_version === published_version ? 'yes' : '') },
      {
        title: 'labels',
        from: (row) =>
          labelIds(row)
            .map((id) => labels.get(String(id)) ?? String(id))
            .join(', '),
      },
      { title: 'description', from: 'prompt_description' },
      { title: 'made', from: 'created_at' },
    ]);
  },
};

const versionNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refused(`The version must be a number, not "${text}".`);
  return Number(text);
};

const publish: Command = {
  words: ['prompts', 'publish'],
  operands: [{ name: 'slug' }, { name: 'version' }],
  text: 'Publishes a version of a prompt; an older one to roll back.',
  async run({ api }, given) {
    const slug = given.operand('slug');
    const version = versionNumber(given.operand('version'));
    await api().send('PUT', path`/prompts/${slug}/makeDefault`, { version });
    return say(`Version ${version} of ${slug} is published.`, { slug, version });
  },
};

const label: Command = {
  words: ['prompts', 'label'],
  operands: [{ name: 'slug' }, { name: 'version' }, { name: 'label' }],
  text: 'Puts a label on a version of a prompt; it leaves the version that had it.',
  async run({ api, inWorkspace }, given) {
    const slug = given.operand('slug');
    const number = versionNumber(given.operand('version'));
    const name = given.operand('label');
    const labels = await labelsOf(api(), inWorkspace());
    const [id] = [...labels].find((entry) => entry[1] === name) ?? [];
    if (id === undefined) throw new Refused(`There is no label "${name}": ${[...labels.values()].join(', ')}.`);
    const version = (await versionsOf(api(), slug)).find(({ prompt_version }) => prompt_version === number);
    if (version === undefined) throw new Refused(`${slug} has no version ${number}.`);
    await api().send('PUT', path`/prompts/${slug}/versions/${textOf(version, 'id')}`, { label_id: id });
    return say(`${slug}@${name} is version ${number} now.`, { slug, version: number, label: name });
  },
};

export const promptCommands: readonly Command[] = [list, get, render, versions, publish, label];
