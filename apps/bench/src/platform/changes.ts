import type { Entity } from '@portolan/proto';
import { manage } from './manage.ts';
import type { Services } from './services.ts';
import type { Watchers } from './watchers.ts';

/** How long changes took to reach watchers, in ms from the moment the write was sent; one value for each change and watcher. */
export type Delays = readonly number[];

const isVersion = (entity: Entity, slug: unknown, version: number): boolean =>
  entity.kind?.$case === 'config' && entity.kind.value.slug === slug && entity.kind.value.version >= version;

/** One config is changed so many times in a row, each change as soon as the one before is answered. */
export const changeConfig = async (services: Services, watchers: Watchers, times: number): Promise<Delays> => {
  const configOf = (change: number) => ({ virtual_key: 'main', override_params: { seed: change } });
  const { slug } = await manage(services, 'POST', '/configs', { name: 'bench', config: configOf(0) });
  const heard: Promise<readonly number[]>[] = [];
  for (let change = 1; change <= times; change += 1) {
    heard.push(watchers.heardBy((entity) => isVersion(entity, slug, change + 1), performance.now()));
    await manage(services, 'PUT', `/configs/${String(slug)}`, { config: configOf(change) });
  }
  return (await Promise.all(heard)).flat();
};

const REVOKED = 4;

/** API keys are made, then revoked one after the other. */
export const revokeKeys = async (services: Services, watchers: Watchers, times: number): Promise<Delays> => {
  const ids: string[] = [];
  for (let key = 0; key < times; key += 1) {
    const { id } = await manage(services, 'POST', '/api-keys/workspace/service', {
      name: `bench ${key}`,
      scopes: ['completions.write'],
    });
    ids.push(String(id));
  }
  const heard: Promise<readonly number[]>[] = [];
  for (const id of ids) {
    const isRevoked = ({ kind }: Entity) =>
      kind?.$case === 'apiKey' && kind.value.id === id && kind.value.status === REVOKED;
    heard.push(watchers.heardBy(isRevoked, performance.now()));
    await manage(services, 'DELETE', `/api-keys/${id}`);
  }
  return (await Promise.all(heard)).flat();
};
