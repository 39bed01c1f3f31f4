import { chooseTarget } from '@portolan/config-schema';
import { PlatformError } from '@portolan/service-kit';
import type { Strategy } from './strategy.ts';

/** The target whose condition holds first. No match and no default ends the whole call, it is a fault of the config. */
export const conditional: Strategy = function* (group, { call }) {
  const choice = chooseTarget(group, { metadata: call.metadata, params: call.body, pathname: pathOf(call.url) });
  if (!choice.ok) throw new PlatformError('invalid_config', { public: choice.message });
  const child = group.children[choice.index];
  if (child !== undefined) yield child;
};

const pathOf = (url: string): string => {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
};
