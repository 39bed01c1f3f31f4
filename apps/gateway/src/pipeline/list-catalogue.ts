import { PRICE_FILES } from '@portolan/model-catalog';
import type { JsonObject } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { Handle, Reply, Step, Understood } from '../exchange.ts';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import type { Workspace } from '../ports/workspace.ts';
import { plainReply } from './plain-reply.ts';

const MAX_PAGE = 10_000;

/**
 * `GET /v1/models` without a provider, and one model of it: what may be called through the virtual keys of the workspace.
 * All other calls go on.
 */
export const listCatalogue: Step<Understood, Understood> = (next: Handle<Understood>) => (call) => {
  if (call.asks === 'retrieveModel') return Promise.resolve(oneModel(call));
  const { config, provider, virtualKey } = call.headers;
  const named = config ?? provider ?? virtualKey ?? call.apiKey.defaultConfig;
  if (call.asks !== 'listModels' || named !== undefined) return next(call);
  const query = new URLSearchParams(call.url.split('?')[1] ?? '');
  return Promise.resolve(plainReply(200, page(entriesIn(call.workspace), query), call.startedAtMs));
};

const entriesIn = (workspace: Workspace): readonly Entry[] => workspace.virtualKeys().flatMap(entriesOf);

const oneModel = (call: Understood): Reply => {
  const found = entriesIn(call.workspace).find(({ id }) => id === call.named);
  if (found !== undefined) return plainReply(200, { ...found }, call.startedAtMs);
  throw new PlatformError('not_found', { public: 'The model does not exist, or no virtual key leads to it' });
};

interface Entry {
  readonly id: string;
  readonly slug: string;
  readonly canonical_slug: string;
  readonly object: 'model';
  readonly provider: string;
}

const modelsByProvider: ReadonlyMap<string, readonly string[]> = new Map(
  PRICE_FILES.map(({ provider, prices }) => [provider, [...new Set(prices.map(({ model }) => model))]]),
);

const entriesOf = ({ slug, provider, models, deniedModels }: VirtualKey): Entry[] =>
  (models === undefined ? (modelsByProvider.get(provider) ?? []) : [...models.keys()])
    .filter((model) => !deniedModels.has(model))
    .map((model) => ({ id: `@${slug}/${model}`, slug: model, canonical_slug: model, object: 'model', provider }));

/** Filters, order and page as the query says; `total` counts what the filters left. */
const page = (entries: readonly Entry[], query: URLSearchParams): JsonObject => {
  const wanted = query.get('ai_service') ?? query.get('provider');
  const matching = entries.filter(
    ({ provider, id }) => wanted === null || provider === wanted || id.startsWith(`@${wanted.replace(/^@/, '')}/`),
  );
  const direction = query.get('order') === 'desc' ? -1 : 1;
  const field = query.get('sort') === 'provider' ? 'provider' : 'id';
  const sorted = matching.toSorted((a, b) => direction * a[field].localeCompare(b[field]));
  const offset = count(query.get('offset'), 0);
  const data = sorted.slice(offset, offset + count(query.get('limit'), MAX_PAGE)).map((entry) => ({ ...entry }));
  return { object: 'list', total: matching.length, data };
};

const count = (text: string | null, whenAbsent: number): number =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) : whenAbsent;
