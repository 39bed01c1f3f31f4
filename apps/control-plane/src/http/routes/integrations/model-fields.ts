import { allowedHost, type Trust } from '@portolan/egress-rules';
import * as z from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { flagField } from '../../fields.ts';

const MODELS_MAX = 2_000;
const SLUG_MAX = 255;

const price = z.strictObject({ price: z.number().min(0, 'must not be negative') });

const pricing = z.strictObject({
  type: z.literal('static', { error: 'must be "static"' }).optional(),
  pay_as_you_go: z.record(z.string().max(64), price.nullable()).nullish(),
});

const slugField = () => z.string().min(1, 'must not be empty').max(SLUG_MAX);

const model = z.strictObject({
  slug: slugField(),
  enabled: flagField(),
  is_custom: flagField().nullish(),
  is_finetune: flagField().nullish(),
  base_model_slug: slugField().nullish(),
  pricing_config: pricing.nullish(),
  configurations: z
    .strictObject({
      custom_host: z.string().max(2_048).nullish(),
      custom_headers: z.null({ error: 'headers of a model are not served: give them to the integration' }).optional(),
    })
    .nullish(),
  // Answers have these, and clients send them back.
  name: z.unknown().optional(),
  id: z.unknown().optional(),
  created_at: z.unknown().optional(),
  last_updated_at: z.unknown().optional(),
});

/** `models` of a body: each by its slug, once. */
export const modelsField = () =>
  z
    .array(model, { error: 'must be an array of models' })
    .max(MODELS_MAX, `may hold at most ${MODELS_MAX} models`)
    .refine((all) => new Set(all.map(({ slug }) => slug)).size === all.length, { error: 'names a model twice' })
    .nullish();

type GivenModel = NonNullable<z.output<ReturnType<typeof modelsField>>>[number];

/** What an integration keeps of a model, in the words of the API. */
export interface IntegrationModel extends JsonObject {
  readonly slug: string;
  readonly enabled: boolean;
}

const toModel = ({ name, id, created_at, last_updated_at, ...given }: GivenModel): IntegrationModel => ({
  ...given,
  is_custom: given.is_custom ?? false,
  is_finetune: given.is_finetune ?? false,
  base_model_slug: given.base_model_slug ?? null,
  pricing_config: given.pricing_config ?? null,
  configurations: given.configurations ?? null,
});

/** The hosts of models that nobody may be sent to. */
export const modelHostProblems = (
  models: readonly GivenModel[],
  trust: Trust,
): readonly { readonly path: string; readonly message: string }[] =>
  models.flatMap(({ configurations }, at) => {
    const host = configurations?.custom_host ?? '';
    return host === '' || allowedHost(host, trust) !== undefined
      ? []
      : [{ path: `models.${at}.configurations.custom_host`, message: 'must be a URL that requests may be sent to' }];
  });

/** Models with some of them replaced, the others as they were. */
export const mergeModels = <M extends { readonly slug: string }>(
  before: readonly M[],
  given: readonly GivenModel[],
): readonly (M | IntegrationModel)[] => {
  const replaced = new Map(given.map((each) => [each.slug, toModel(each)]));
  const kept = before.map((each) => replaced.get(each.slug) ?? each);
  const known = new Set(before.map(({ slug }) => slug));
  return [...kept, ...[...replaced.values()].filter(({ slug }) => !known.has(slug))];
};
