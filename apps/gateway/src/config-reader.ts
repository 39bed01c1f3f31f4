import {
  type ConfigSource,
  leaves,
  PROVIDER_NAMES,
  parseConfig,
  planConfig,
  type RouteNode,
} from '@portolan/config-schema';
import type { ProviderRegistry } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { HostCheck } from './egress/custom-host.ts';
import { checkForwardList } from './http/client-headers.ts';

/** Turns a config into a route. @throws PlatformError (400) naming what is wrong, path by path */
export type ConfigReader = (config: unknown, source: ConfigSource) => RouteNode;

/** Reads configs as this deployment can follow them: with its providers, and hosts that it trusts. */
export const createConfigReader = (providers: ProviderRegistry, checkHost: HostCheck): ConfigReader => {
  const providerNames = new Set([...PROVIDER_NAMES, ...providers.keys()]);
  return (config, source) => {
    const parsed = parseConfig(config, source, { providerNames });
    if (!parsed.ok) throw invalidConfig(parsed.message, parsed.errors);
    const route = planConfig(parsed.config);
    for (const { target, policy } of leaves(route)) {
      // No guardrail exists yet: a config that asks for one must not run as if it had passed.
      const hooks = [...policy.beforeRequestHooks, ...policy.afterRequestHooks].map(({ id }) => id);
      if (hooks.length > 0) throw invalidConfig(`Following guardrails are not valid: ${hooks.join(', ')}`);
      if (target.provider !== undefined && !providers.has(target.provider)) {
        throw new PlatformError('invalid_request_error', { public: 'Invalid provider passed', param: 'provider' });
      }
      if (policy.customHost !== undefined) checkHost(policy.customHost);
      checkForwardList(policy.forwardHeaders);
    }
    return route;
  };
};

/** @param errors  one line per problem, each with its path */
export const invalidConfig = (message: string, errors?: readonly string[]): PlatformError =>
  new PlatformError('invalid_config', { public: message, param: 'x-portkey-config', errors });
