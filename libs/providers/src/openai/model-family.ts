/** What a model id says about what the model accepts. */
export interface ModelFamily {
  readonly kind: 'reasoning' | 'plain';
  /** The number of an o-series model, e.g. 3. */
  readonly oSeries?: number;
  /** Version of a `gpt-N[.M]` model as N * 100 + M, e.g. 502 for gpt-5.2. */
  readonly gpt?: number;
  /** What follows the version, e.g. `nano` or `pro-2026-01-01`. */
  readonly variant: string;
  readonly isChatVariant: boolean;
  /** False for ids that are of none of OpenAI's families: a custom host's own model. */
  readonly isKnown: boolean;
}

const O_SERIES = /^o(\d+)(?:-(.*))?$/;
const GPT = /^gpt-(\d+)(?:\.(\d+))?(?:-(.*))?$/;
const OTHER_KNOWN = /^(gpt-|chatgpt-|ft:|davinci|babbage)/;

/**
 * @param model  an OpenAI model id
 * @source OpenAI model pages
 */
export const familyOf = (model: string): ModelFamily => {
  const o = O_SERIES.exec(model);
  if (o !== null) {
    return { kind: 'reasoning', oSeries: Number(o[1]), variant: o[2] ?? '', isChatVariant: false, isKnown: true };
  }
  const gpt = GPT.exec(model);
  if (gpt === null) return { kind: 'plain', variant: '', isChatVariant: false, isKnown: OTHER_KNOWN.test(model) };
  const version = Number(gpt[1]) * 100 + Number(gpt[2] ?? 0);
  const variant = gpt[3] ?? '';
  const isChatVariant = version === 500 && variant.startsWith('chat');
  return {
    kind: version >= 500 && !isChatVariant ? 'reasoning' : 'plain',
    gpt: version,
    variant,
    isChatVariant,
    isKnown: true,
  };
};

/** Efforts from least to most. */
export const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** The efforts a reasoning model accepts, from least to most. */
export const effortsOf = ({ gpt, variant }: ModelFamily): readonly string[] => {
  if (gpt === undefined) return ['low', 'medium', 'high'];
  const isPro = /^pro(-|$)/.test(variant);
  if (gpt === 500) return isPro ? ['high'] : ['minimal', 'low', 'medium', 'high'];
  if (gpt === 501) return ['none', 'low', 'medium', 'high'];
  if (isPro) return ['medium', 'high', 'xhigh'];
  return ['none', 'low', 'medium', 'high', 'xhigh', ...(gpt >= 506 ? ['max'] : [])];
};

/** The accepted effort nearest below the wanted one, else the least accepted; an unknown word stays as it is. */
export const nearestEffort = (wanted: string, accepted: readonly string[]): string => {
  const rank = EFFORTS.indexOf(wanted);
  if (rank < 0 || accepted.includes(wanted)) return wanted;
  const below = accepted.filter((effort) => EFFORTS.indexOf(effort) < rank);
  return below.at(-1) ?? accepted[0] ?? wanted;
};

/** True when the model is served under this tier. */
export const acceptsTier = (tier: string, family: ModelFamily): boolean => {
  const { oSeries = 0, gpt = 0, variant, isChatVariant } = family;
  const isNano = /(^|-)nano(-|$)/.test(variant);
  if (tier === 'flex') return oSeries >= 3 || (gpt >= 500 && !isChatVariant);
  if (tier === 'priority' || tier === 'fast') {
    return oSeries >= 3 || (gpt >= 500 && !isChatVariant && !isNano) || (gpt >= 400 && gpt < 500);
  }
  return true;
};
