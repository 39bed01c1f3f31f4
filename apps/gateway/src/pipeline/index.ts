import type { Clock } from '@portolan/service-kit';
import type { Handle, Received } from '../exchange.ts';
import type { ApiKeys } from '../ports/api-keys.ts';
import type { LogPublisher } from '../ports/log-publisher.ts';
import { authenticate } from './authenticate.ts';
import { listCatalogue } from './list-catalogue.ts';
import { readBody } from './read-body.ts';
import { record } from './record.ts';
import { renderPrompt } from './render-prompt.ts';
import { type ConfigSources, resolveConfig } from './resolve-config.ts';
import { type RouteDeps, route } from './route.ts';
import { savedOnly } from './saved-only.ts';

export interface PipelineDeps extends ConfigSources, RouteDeps {
  readonly apiKeys: ApiKeys;
  /** Undefined: no records are kept. */
  readonly logs: LogPublisher | undefined;
  /** Request headers that become metadata. */
  readonly headersToMetadata: readonly string[];
  readonly clock: Clock;
}

/** Everything that happens to a call, outermost first. Read this list and you know the product. */
export const pipeline = (deps: PipelineDeps): Handle<Received> => {
  const steps = {
    authenticate: authenticate(deps.apiKeys), // who
    savedOnly, // with what they may bring along
    readBody: readBody(deps.headersToMetadata), // what
    listCatalogue, // asks for nobody in particular
    renderPrompt, // asks for nothing but a filled-in prompt
    resolveConfig: resolveConfig(deps), // which way
    record: record(deps.logs, deps.clock, deps.log), // leaves a record of every target tried
    route: route(deps), // goes there
  };
  return steps.authenticate(
    steps.savedOnly(
      steps.readBody(steps.listCatalogue(steps.renderPrompt(steps.resolveConfig(steps.record(steps.route))))),
    ),
  );
};
