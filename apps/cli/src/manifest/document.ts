import { nearestName } from '@portolan/config-schema';
import { type ProviderField, providerFields } from '@portolan/credential-rules';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { type Comparison, isKind, KIND_NAMES, KINDS, type Kind } from './kinds.ts';
import { isSecretByReference, secretReference } from './secret-reference.ts';

/** One object as a file describes it. */
export interface Document {
  readonly kind: Kind;
  /** What it is known by within its workspace. */
  readonly name: string;
  /** Name, slug or id; undefined: that of the command. */
  readonly workspace: string | undefined;
  readonly spec: JsonObject;
  /** `keys.yaml, document 2`, for messages. */
  readonly where: string;
  /** What paths of secrets start from. */
  readonly folder: string;
}

export type Read = { readonly document: Document } | { readonly problems: readonly string[] };

const TOP = ['kind', 'name', 'workspace', 'spec'];
const NAME_MAX = 255;

const hint = (name: string, names: readonly string[]): string => {
  const nearest = nearestName(name, names);
  return nearest === undefined ? `; there are ${names.join(', ')}` : `; did you mean "${nearest}"?`;
};

/** The setting of a provider that a field of a virtual key means, in either of its spellings. */
export const settingOf = (provider: Json | undefined, name: string): ProviderField | undefined =>
  typeof provider === 'string'
    ? providerFields(provider).fields.find((field) => field.name === name || field.camelName === name)
    : undefined;

/** How a setting of a provider is compared. */
export const comparisonOfSetting = ({ name, isSecret }: ProviderField): Comparison => {
  if (isSecret) return 'secret';
  return name === 'azure_deployment_config' ? 'deployments' : 'plain';
};

/** How a field of an object is compared; undefined for one that nobody knows. */
export const comparisonOf = (kind: Kind, spec: JsonObject, name: string): Comparison | undefined => {
  const fields: Readonly<Record<string, Comparison>> = KINDS[kind].fields;
  if (Object.hasOwn(fields, name)) return fields[name];
  const setting = kind === 'VirtualKey' ? settingOf(spec.provider, name) : undefined;
  return setting && comparisonOfSetting(setting);
};

const knownNames = (kind: Kind, { provider }: JsonObject): readonly string[] => [
  ...Object.keys(KINDS[kind].fields),
  ...(kind === 'VirtualKey' && typeof provider === 'string'
    ? providerFields(provider).fields.map(({ name }) => name)
    : []),
];

const fieldProblem = (kind: Kind, spec: JsonObject, name: string, value: Json | undefined): string | undefined => {
  const comparison = comparisonOf(kind, spec, name);
  if (comparison === undefined) return `spec.${name} is no field of a ${kind}${hint(name, knownNames(kind, spec))}`;
  if (comparison === 'secret') {
    if (value === null || isSecretByReference(value)) return undefined;
    return `spec.${name} is a secret and may not stand in a file: write { from_env: NAME } or { from_file: path }`;
  }
  return secretReference(value) === undefined ? undefined : `spec.${name} is no secret: write its value`;
};

/** A chat template may be written as a list of messages; it is sent as the JSON text that it is. */
const withTemplateText = (kind: Kind, spec: JsonObject): JsonObject =>
  kind === 'Prompt' && isArray(spec.string) ? { ...spec, string: JSON.stringify(spec.string) } : spec;

const specProblems = (kind: Kind, spec: JsonObject): readonly string[] => [
  ...KINDS[kind].required.filter((name) => spec[name] == null).map((name) => `spec.${name} is required`),
  ...Object.entries(spec).flatMap(([name, value]) => fieldProblem(kind, spec, name, value) ?? []),
];

/** One document of a file, or everything that is wrong with its form. What values may be, the platform says. */
export const readDocument = (value: unknown, where: string, folder: string): Read => {
  if (!isObject(value)) return { problems: [`${where}: must be an object with kind, name and spec`] };
  const problems: string[] = Object.keys(value)
    .filter((name) => !TOP.includes(name))
    .map((name) => `${name} is not known here${hint(name, TOP)}`);
  const { kind, name, workspace, spec = {} } = value;
  const word = typeof kind === 'string' ? kind : '';
  if (!isKind(word)) return { problems: [`${where}: kind must be one of ${KIND_NAMES.join(', ')}`] };
  if (typeof name !== 'string' || name.trim() !== name || name === '' || name.length > NAME_MAX) {
    problems.push(`name must be a text of 1 to ${NAME_MAX} characters without blanks at its ends`);
  }
  if (workspace !== undefined && (typeof workspace !== 'string' || workspace === ''))
    problems.push('workspace must be a text');
  if (workspace !== undefined && word === 'Workspace') problems.push('a Workspace stands in no workspace');
  if (!isObject(spec)) problems.push('spec must be an object');
  else problems.push(...specProblems(word, spec));
  if (problems.length > 0 || typeof name !== 'string' || !isObject(spec)) {
    return { problems: problems.map((problem) => `${where}: ${problem}`) };
  }
  return {
    document: {
      kind: word,
      name,
      workspace: typeof workspace === 'string' ? workspace : undefined,
      spec: withTemplateText(word, spec),
      where,
      folder,
    },
  };
};
