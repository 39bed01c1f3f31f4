import type { RouteLeaf } from '@portolan/config-schema';
import { type Provider, UnsupportedValue } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { HostCheck } from '../egress/custom-host.ts';
import type { Routed } from '../exchange.ts';
import type { Stored } from './target-virtual-key.ts';

/** Header, then config, then what is allowed for the model, then the vault. */
export const customHostOf = (
  call: Routed,
  leaf: RouteLeaf,
  stored: Stored | undefined,
  model: string | undefined,
  checkHost: HostCheck,
): string | undefined => {
  const chosen = call.headers.customHost ?? leaf.policy.customHost;
  const ofModel = model === undefined ? undefined : stored?.virtualKey.models?.get(model);
  const host = chosen ?? ofModel ?? stored?.credential.customHost;
  if (host === undefined) return undefined;
  const url = checkHost(host);
  const isRefused =
    stored === undefined
      ? staysWithConfig(call, leaf, url)
      : chosen !== undefined && !stored.credential.mayGoTo(url, true);
  if (isRefused) throw invalidHost();
  return url;
};

const homes = new WeakMap<Provider, string | undefined>();

/** Where a provider is by itself; undefined where that depends on settings, which may be a caller's. */
const homeOf = (provider: Provider): string | undefined => {
  if (homes.has(provider)) return homes.get(provider);
  let home: string | undefined;
  try {
    home = provider.baseUrl({ settings: {} });
  } catch (error) {
    if (!(error instanceof UnsupportedValue)) throw error;
  }
  homes.set(provider, home);
  return home;
};

/** A stored credential only travels to its provider's own address, and to hosts that its owner stands for. */
export const keepAtHome = ({ credential }: Pick<Stored, 'credential'>, url: string, provider: Provider): void => {
  if (url !== homeOf(provider) && !credential.mayGoTo(url, false)) throw invalidHost();
};

const invalidHost = (): PlatformError =>
  new PlatformError('invalid_request_error', { public: 'Invalid custom host', param: 'custom_host' });

/** A saved config is somebody's store too: its key goes where the config says, not where a caller's header says. */
const staysWithConfig = (call: Routed, leaf: RouteLeaf, url: string): boolean => {
  const storedInConfig = leaf.target.apiKey !== undefined && call.config.version !== undefined;
  const { customHost } = leaf.policy;
  const isOwn = customHost !== undefined && new URL(customHost).host === new URL(url).host;
  return storedInConfig && call.headers.customHost !== undefined && !isOwn;
};
