import {
  type FieldKind,
  fillHost,
  hostOf,
  isHostPart,
  isHostPattern,
  type ProviderField,
  partsOf,
  providerFields,
} from '@portolan/credential-rules';
import { maskSecret } from '@portolan/service-kit';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { StoredCredential, StoredVersion } from '../ports/credentials.ts';
import { nearestName } from './nearest-name.ts';

/** A secret of a credential before it is sealed. Whoever seals it erases `plain`. */
export interface PlainSecret {
  readonly field: string;
  readonly plain: SecretBytes;
  readonly masked: string;
}

/** A credential as its owner describes it, taken apart. */
export interface CredentialDraft {
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: readonly PlainSecret[];
  readonly allowedHosts: readonly string[];
  readonly extraHosts: readonly string[];
}

/** Settings that cannot be a credential; one sentence for each problem, none of which quotes a value. */
export class InvalidCredential extends Error {
  override readonly name = 'InvalidCredential';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.problems = problems;
  }
}

/** What an owner gives. Names may be those of an integration or those of a virtual key. */
export interface CredentialInput {
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Hosts besides the provider's own and that of `custom_host`. */
  readonly extraHosts?: readonly string[];
}

const SECRET_MAX_BYTES = 65_536;
/** All that are no secrets, together: an answer with a whole credential must fit into one message. */
const SETTINGS_MAX_BYTES = 262_144;

/** What a database cannot keep as text, in a JSON document: U+0000, and half of a surrogate pair. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KINDS: Readonly<Record<FieldKind, { readonly is: (value: unknown) => boolean; readonly words: string }>> = {
  text: { is: (value) => typeof value === 'string', words: 'a string' },
  flag: { is: (value) => typeof value === 'boolean', words: 'true or false' },
  headers: {
    is: (value) => isObject(value) && Object.values(value).every((entry) => typeof entry === 'string'),
    words: 'an object of strings',
  },
  object: { is: isObject, words: 'an object' },
  list: { is: Array.isArray, words: 'a list' },
};

const PRINTABLE = /^[\x20-\x7e]*$/;

/** A structured secret shows nothing: its first and last characters are brackets or somebody's header. */
const toSecret = ({ name, kind }: ProviderField, value: unknown): PlainSecret => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    field: name,
    plain: new SecretBytes(Buffer.from(text, 'utf8')),
    masked: kind === 'text' && PRINTABLE.test(text) ? maskSecret(text) : '********',
  };
};

/** A name is quoted only if it can be one: somebody may have put a secret in its place. */
const NAME = /^[A-Za-z0-9_]{1,40}$/;

const unknownName = (name: string, known: readonly string[]): string => {
  if (!NAME.test(name)) return 'A setting has a name that no setting of this provider has.';
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `"${name}" is no setting of this provider.${hint}`;
};

const problemOf = (
  field: ProviderField | undefined,
  name: string,
  value: unknown,
  known: readonly string[],
): string | undefined => {
  if (field === undefined) return unknownName(name, known);
  const { is, words } = KINDS[field.kind];
  if (!is(value)) return `"${name}" must be ${words}.`;
  if (UNSTORABLE.test(JSON.stringify(value))) return `"${name}" has a character that cannot be kept.`;
  if (field.isSecret && Buffer.byteLength(JSON.stringify(value)) > SECRET_MAX_BYTES) {
    return `"${name}" must have at most ${SECRET_MAX_BYTES} bytes.`;
  }
  return undefined;
};

/** URLs among the settings name hosts that the credential is meant for. */
const URL_SETTINGS = ['custom_host', 'azure_foundry_url', 'huggingface_base_url'];

const hostProblems = (
  settings: Readonly<Record<string, unknown>>,
  templates: readonly string[],
  extraHosts: readonly string[],
): string[] => [
  ...new Set(
    templates
      .flatMap(partsOf)
      .filter((name) => typeof settings[name] === 'string' && !isHostPart(settings[name]))
      .map((name) => `"${name}" becomes part of a host name and may have letters, digits, "-" and "." only.`),
  ),
  ...URL_SETTINGS.filter((name) => typeof settings[name] === 'string' && hostOf(settings[name]) === undefined).map(
    (name) => `"${name}" must be an http or https URL without credentials.`,
  ),
  ...(extraHosts.every(isHostPattern) ? [] : ['Each allowed host must be a host name, or with "*" for a part of it.']),
];

/** The settings of a provider by each of their names. */
export const fieldsByName = (provider: string): ReadonlyMap<string, ProviderField> =>
  new Map(
    providerFields(provider).fields.flatMap((field) => [
      [field.name, field] as const,
      [field.camelName, field] as const,
    ]),
  );

/**
 * Takes a credential's settings apart into what may be shown and what must be sealed. A setting that is null or an empty
 * string counts as absent.
 * @throws InvalidCredential
 */
export const draftCredential = ({ provider, settings: input, extraHosts = [] }: CredentialInput): CredentialDraft => {
  const { fields, hosts } = providerFields(provider);
  const byName = fieldsByName(provider);
  const names = fields.map(({ name }) => name);
  const given = Object.entries(input)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => ({ name, value, field: byName.get(name) }));

  const known = given.flatMap(({ field, value }) => (field === undefined ? [] : [{ field, value }]));
  const settings = Object.fromEntries(
    known.filter(({ field }) => !field.isSecret).map(({ field, value }) => [field.name, value]),
  );
  const twice = known.filter(({ field }, at) => known.findIndex((other) => other.field === field) !== at);
  const problems = [
    ...given.flatMap(({ field, name, value }) => problemOf(field, name, value, names) ?? []),
    ...twice.map(({ field }) => `"${field.name}" is given twice.`),
    ...(Buffer.byteLength(JSON.stringify(settings)) > SETTINGS_MAX_BYTES
      ? [`The settings that are no secrets must have at most ${SETTINGS_MAX_BYTES} bytes.`]
      : []),
    ...hostProblems(settings, hosts, extraHosts),
  ];
  if (problems.length > 0) throw new InvalidCredential(problems);

  const ownHosts = URL_SETTINGS.flatMap((name) => {
    const value = settings[name];
    return typeof value === 'string' ? (hostOf(value) ?? []) : [];
  });
  return {
    provider,
    settings,
    secrets: known.filter(({ field }) => field.isSecret).map(({ field, value }) => toSecret(field, value)),
    allowedHosts: [...new Set([...hosts.map((template) => fillHost(template, settings)), ...ownHosts, ...extraHosts])],
    extraHosts,
  };
};

/** The newest version, which is the one that is used. */
export const newestVersion = ({ versions }: Pick<StoredCredential, 'versions'>): StoredVersion | undefined =>
  versions.reduce<StoredVersion | undefined>(
    (newest, version) => (newest === undefined || version.version > newest.version ? version : newest),
    undefined,
  );

/** Each secret in use with its mask. No part of it can be opened. */
export const maskedSecrets = (credential: Pick<StoredCredential, 'versions'>): Readonly<Record<string, string>> =>
  Object.fromEntries((newestVersion(credential)?.secrets ?? []).map(({ field, masked }) => [field, masked]));
