import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { hideSecrets } from './stand-in-secrets.ts';

/** One request as the stand-in saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: JsonObject;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

type Item = Record<string, Json | undefined>;

const ok = (body: JsonObject): Reply => ({ status: 200, body });
const no = (status: number, message: string): Reply => ({
  status,
  body: { success: false, data: { message, errorCode: 'AB00' }, error: { message, code: 'AB00', type: 'stand_in' } },
});

/** Kinds that are kept as they come. Configs, prompts and partials have versions besides. */
const COLLECTIONS = [
  'configs',
  'virtual-keys',
  'api-keys',
  'labels',
  'collections',
  'guardrails',
  'prompts',
  'partials',
  'workspaces',
];
const VERSIONED = new Set(['configs', 'prompts', 'partials']);
const ID_ONLY = new Set(['labels', 'api-keys']);

const PREFIXES = ['/admin', '/prompts'];

/** `/prompts/partials/x` as `['partials', 'x']`. */
const segmentsOf = (path: string): readonly string[] => {
  const plain = path.replace(/^\/v1/, '');
  const prefix = PREFIXES.find((each) => COLLECTIONS.some((name) => plain.startsWith(`${each}/${name}`)));
  return (prefix === undefined ? plain : plain.slice(prefix.length)).split('/').filter(Boolean).map(decodeURIComponent);
};

const shown = (kind: string, item: Item): JsonObject => {
  const versions = isArray(item.versions) ? item.versions.filter(isObject) : [];
  const version = versions.find(({ number }) => number === item.published_version) ?? {};
  const { versions: _, ...rest } = { ...item, ...version };
  return kind === 'configs' ? { ...rest, config: JSON.stringify(rest.config) } : rest;
};

/**
 * A stand-in for the management API: keeps objects in memory and answers like the contract. It checks nothing; that is what journeys
 * against the platform are for.
 */
export const createManagementStandIn = () => {
  const items = new Map<string, Item[]>(COLLECTIONS.map((name) => [name, []]));
  const seen: Seen[] = [];
  const failures: { readonly method: string; readonly path: RegExp; readonly status: number; left: number }[] = [];
  const self: Item = {
    id: 'own',
    name: 'own',
    type: 'workspace-service',
    workspace_id: 'ws-own',
    organisation_id: 'org',
    scopes: [],
    status: 'active',
  };

  const of = (kind: string): Item[] => items.get(kind) ?? [];
  const find = (kind: string, ref: string) => of(kind).find(({ id, slug }) => id === ref || slug === ref);

  const addVersion = (kind: string, item: Item, content: JsonObject): JsonObject => {
    const versions = isArray(item.versions) ? item.versions : [];
    const id = randomUUID();
    const version = {
      ...content,
      number: versions.length + 1,
      version: versions.length + 1,
      prompt_version: versions.length + 1,
      version_id: id,
      prompt_version_id: id,
      prompt_partial_version_id: id,
      prompt_version_label_ids: [],
    };
    item.versions = [...versions, version];
    if (kind === 'configs' || versions.length === 0) item.published_version = version.number;
    return version;
  };

  const create = (kind: string, body: JsonObject): Reply => {
    const id = randomUUID();
    const slug = ID_ONLY.has(kind) ? undefined : (body.slug ?? `${String(body.name)}-${id.slice(0, 6)}`);
    const key = kind === 'api-keys' ? `secret-of-${String(body.name)}` : undefined;
    const item: Item = { id, slug, status: 'active', workspace_id: 'ws-own', ...hideSecrets(kind, body, {}) };
    const version = VERSIONED.has(kind) ? addVersion(kind, item, body) : {};
    of(kind).push(item);
    return ok({ id, slug, key, version_id: version.version_id });
  };

  const update = (kind: string, item: Item, body: JsonObject): Reply => {
    const { config, string } = body;
    const isNew = VERSIONED.has(kind) && (config !== undefined || string !== undefined);
    const version = isNew ? addVersion(kind, item, body) : {};
    Object.assign(item, hideSecrets(kind, body, item));
    return ok({ prompt_version_id: version.version_id, prompt_partial_version_id: version.version_id });
  };

  const versionsReply = (item: Item): Reply => {
    const versions = isArray(item.versions) ? item.versions.filter(isObject) : [];
    const data = versions.toReversed().map((version) => ({ ...version, id: version.version_id }));
    return ok({ data, total: data.length });
  };

  const moveLabel = (item: Item, versionId: string, labelId: Json): Reply => {
    const versions = isArray(item.versions) ? item.versions.filter(isObject) : [];
    item.versions = versions.map((version) => {
      const ids = isArray(version.prompt_version_label_ids) ? version.prompt_version_label_ids : [];
      const others = ids.filter((id) => id !== labelId);
      return { ...version, prompt_version_label_ids: version.version_id === versionId ? [...others, labelId] : others };
    });
    return ok({});
  };

  const onItem = (
    method: string,
    kind: string,
    item: Item,
    [word, ref]: readonly string[],
    body: JsonObject,
  ): Reply => {
    if (word === 'versions' && ref === undefined) return versionsReply(item);
    if (word === 'versions' && method === 'PUT') return moveLabel(item, ref ?? '', body.label_id ?? null);
    if (word === 'versions') {
      const versions = isArray(item.versions) ? item.versions.filter(isObject) : [];
      return ok(versions.find(({ version_id }) => version_id === ref) ?? {});
    }
    if (word === 'makeDefault') item.published_version = body.version;
    else if (word === 'rotate')
      return ok({ id: item.id, key: `rotated-${String(item.name)}`, key_transition_expires_at: 'soon' });
    else if (method === 'PUT') return update(kind, item, body);
    else if (method === 'DELETE') of(kind).splice(of(kind).indexOf(item), 1);
    else return ok(shown(kind, item));
    return ok({});
  };

  const answer = (method: string, url: URL, body: JsonObject): Reply => {
    const failure = failures.find((each) => each.left > 0 && each.method === method && each.path.test(url.pathname));
    if (failure !== undefined) {
      failure.left -= 1;
      return no(failure.status, 'told to fail');
    }
    if (url.pathname === '/v1/api-keys/self') return ok(self);
    const [kind = '', ref, ...rest] = segmentsOf(url.pathname);
    if (!items.has(kind)) return no(404, `There is no ${url.pathname}`);
    if (method === 'POST' && (ref === undefined || kind === 'api-keys') && rest[0] !== 'rotate') {
      const type = kind === 'api-keys' ? { type: `${ref}-${rest[0]}` } : {};
      return create(kind, { ...body, ...type });
    }
    if (ref === undefined) {
      const size = Number(url.searchParams.get('page_size') ?? '100');
      const from = size * Number(url.searchParams.get('current_page') ?? '0');
      const all = of(kind).map((item) => shown(kind, item));
      return ok({ object: 'list', total: all.length, data: all.slice(from, from + size) });
    }
    const item = find(kind, ref);
    return item === undefined ? no(404, `There is no such object in ${kind}.`) : onItem(method, kind, item, rest, body);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const sent = await text(request);
    const parsed: unknown = sent === '' ? {} : JSON.parse(sent);
    const body = isObject(parsed) ? parsed : {};
    seen.push({ method: request.method ?? '', path: url.pathname, body });
    const reply = answer(request.method ?? '', url, body);
    response
      .writeHead(reply.status, { 'content-type': 'application/json', 'x-portkey-trace-id': 'trace-1' })
      .end(JSON.stringify(reply.body));
  });

  return {
    seen,
    self,
    of,
    /** The next so many such requests are refused. */
    fail: (method: string, path: RegExp, status: number, times = 1) =>
      void failures.push({ method, path, status, left: times }),
    writes: () => seen.filter(({ method }) => method !== 'GET'),
    listen: () =>
      new Promise<string>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
        });
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type ManagementStandIn = ReturnType<typeof createManagementStandIn>;
