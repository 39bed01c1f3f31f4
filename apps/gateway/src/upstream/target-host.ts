import type { RouteLeaf } from '@portolan/config-schema';
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

/** A stored credential only travels to hosts that its owner, or the provider's own address, stands for. */
export const keepAtHome = ({ credential }: Stored, url: string): void => {
  if (!credential.mayGoTo(url, false)) throw invalidHost();
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
