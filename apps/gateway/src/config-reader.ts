import {
  type ConfigSource,
  leaves,
  type ParsedConfig,
  PROVIDER_NAMES,
  parseConfig,
  planConfig,
  type RouteNode,
} from '@portolan/config-schema';
import type { ProviderRegistry } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import { checkCustomHost } from './egress/custom-host.ts';
import type { Trust } from './egress/trust.ts';
import { checkForwardList } from './http/client-headers.ts';

/** Turns a config into a route. @throws PlatformError (400) naming what is wrong, path by path */
export type ConfigReader = (config: unknown, source: ConfigSource) => RouteNode;

/** Reads configs as this deployment can follow them: with its providers, and hosts that it trusts. */
export const createConfigReader = (providers: ProviderRegistry, trust: Trust): ConfigReader => {
  const providerNames = new Set([...PROVIDER_NAMES, ...providers.keys()]);
  return (config, source) => {
    const parsed = parseConfig(config, source, { providerNames });
    if (!parsed.ok) throw invalid(parsed);
    const route = planConfig(parsed.config);
    for (const { target, policy } of leaves(route)) {
      if (target.provider !== undefined && !providers.has(target.provider)) {
        throw new PlatformError('invalid_request_error', { public: 'Invalid provider passed', param: 'provider' });
      }
      if (policy.customHost !== undefined) checkCustomHost(policy.customHost, trust);
      checkForwardList(policy.forwardHeaders);
    }
    return route;
  };
};

const invalid = ({ message, errors }: Extract<ParsedConfig, { ok: false }>): PlatformError =>
  new PlatformError('invalid_config', { public: message, param: 'x-portkey-config', errors });
