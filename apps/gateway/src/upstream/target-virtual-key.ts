import type { RouteLeaf } from '@portolan/config-schema';
import { type JsonObject, stringAt } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { Routed } from '../exchange.ts';
import type { StoredCredential } from '../ports/credentials.ts';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import { modelSlug, withoutModelSlug } from '../request-provider.ts';

/** A virtual key and what is stored for it. */
export interface Stored {
  readonly virtualKey: VirtualKey;
  readonly credential: StoredCredential;
}

/**
 * The virtual key that a leaf names, if it may be used now and for the model that would be called.
 * @throws PlatformError when it may not
 */
export const virtualKeyOf = (call: Routed, leaf: RouteLeaf, nowMs: () => number): VirtualKey | undefined => {
  const slug = leaf.target.passthrough ? passthroughSlug(call) : leaf.target.slug;
  if (slug === undefined) return undefined;
  const found = call.workspace.virtualKey(slug);
  if (found === undefined) throw unknownVirtualKey(slug);
  checkUsable(found, nowMs);
  checkModel(found, call, leaf);
  return found;
};

/** A slug that stands for nothing, or for nothing any more. */
const unknownVirtualKey = (slug: string): PlatformError =>
  new PlatformError('invalid_provider_slug', { public: `Following keys are not valid: ${slug}`, param: 'provider' });

const checkUsable = ({ slug, status, expiresAtMs }: VirtualKey, nowMs: () => number): void => {
  if (status === 'exhausted') {
    throw new PlatformError('virtual_key_exhaust_error', {
      public: `Portkey Virtual Key ${slug} Usage Limit Exceeded`,
    });
  }
  if (status === 'expired' || (expiresAtMs !== undefined && nowMs() >= expiresAtMs)) {
    throw new PlatformError('virtual_key_expired_error', { public: `Portkey Virtual Key ${slug} Expired` });
  }
};

/** Whoever asks without a model could get any: only a list of models needs none. */
const checkModel = ({ slug, models, deniedModels }: VirtualKey, call: Routed, leaf: RouteLeaf): void => {
  if ((models === undefined && deniedModels.size === 0) || call.endpoint === 'listModels') return;
  const model = modelOf(withoutModelSlug(bodyOf(call, leaf)), leaf) ?? '';
  if ((models?.has(model) ?? true) && !deniedModels.has(model)) return;
  throw new PlatformError('model_not_allowed_error', {
    public: `Model ${model} is not allowed for the virtual key ${slug}`,
    param: 'model',
  });
};

/** What a target is asked with: the body of the call, or what the target's own prompt became. */
export const bodyOf = (call: Routed, { path }: RouteLeaf): JsonObject =>
  call.prompts?.byPath.get(path)?.body ?? call.body;

/** The model as the provider would be asked for it. */
export const modelOf = (body: JsonObject, { policy }: RouteLeaf): string | undefined =>
  stringAt(policy.overrideParams, 'model') ?? stringAt(body, 'model') ?? stringAt(policy.defaultParams, 'model');

/** A passthrough target takes its provider from the request. */
const passthroughSlug = (call: Routed): string => {
  const header = call.headers.provider;
  const slug = header?.startsWith('@') ? header.slice(1).split('/')[0] : modelSlug(stringAt(call.body, 'model'));
  if (slug !== undefined && slug !== '') return slug;
  throw new PlatformError('passthrough_unresolved', {
    public: 'A passthrough target needs a provider: send x-portkey-provider: @slug, or a model of the form @slug/model',
    param: 'model',
  });
};
