/** How a model may be written, from the given name to ever shorter ones. The first that has a price wins. */
export interface NameCandidates {
  /** Spellings of the same model. */
  readonly exact: readonly string[];
  /** The model without its date or version. */
  readonly base: readonly string[];
}

const BEDROCK_REGION = /^(global|us-gov|us|eu|apac|jp|au|ca|sa)\.(?=[a-z0-9-]+\.)/;

const SUFFIXES = [/-v\d+(:\d+)?$/, /-\d{4}-\d{2}-\d{2}$/, /[-@]\d{8}$/, /-preview-\d{2}-\d{4}$/, /-\d{3}$/] as const;

/** The part of a Bedrock model that names its region, or undefined. */
export const bedrockRegionOf = (model: string): string | undefined => BEDROCK_REGION.exec(afterArn(model))?.[1];

const afterArn = (model: string): string =>
  model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model;

const isBedrock = (provider: string): boolean => provider === 'bedrock' || provider === 'bedrock-mantle';

/** Removes ARN and region of Bedrock, resource paths of Google, and the owner of a fine-tuned model. */
const spellings = (provider: string, model: string): readonly string[] => {
  if (isBedrock(provider)) return [afterArn(model).replace(BEDROCK_REGION, '')];
  const tuned = /^(ft:[^:]+):/.exec(model)?.[1];
  if (tuned !== undefined) return [tuned];
  if (provider === 'vertex-ai') return [vertexName(model)];
  return [model.replace(/^models\//, '')];
};

/** `publisher.model` for all but Google's own, whichever way it came: resource path, slash, or the bare Claude name. */
const vertexName = (model: string): string =>
  model
    .replace(/^.*publishers\/([^/]+)\/models\//, '$1.')
    .replace(/^models\//, '')
    .replace('/', '.')
    .replace(/^google\./, '')
    .replace(/^(?:anthropic\.)?(claude-.*?)(?:[-@](\d{8}))?$/, (_whole, name: string, date?: string) =>
      date === undefined ? `anthropic.${name}` : `anthropic.${name}@${date}`,
    );

export const candidatesOf = (provider: string, model: string): NameCandidates => {
  const exact = spellings(provider, model);
  const shorter = exact.flatMap(withoutSuffixes);
  // The first release of a Claude generation has a list name that ends in 0 and a dated name that does not.
  const base = shorter.flatMap((name) => (/claude-/.test(name) ? [name, `${name}-0`] : [name]));
  return { exact, base };
};

/** Ever shorter names; a fine-tuned model is never priced as its base. */
const withoutSuffixes = (name: string): string[] => {
  if (name.startsWith('ft:')) return [];
  for (const suffix of SUFFIXES) {
    const shorter = name.replace(suffix, '');
    if (shorter !== name && shorter !== '') return [shorter, ...withoutSuffixes(shorter)];
  }
  return [];
};
