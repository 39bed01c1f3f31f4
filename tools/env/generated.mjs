import { readFileSync } from 'node:fs';
import { OPTIONS } from '../../apps/standalone/src/help.mjs';
import { inWorkspace } from '../launch/workspace.mjs';
import { readEnv } from './read-env.mjs';
import { exampleText, fillMarked, optionsTable, variablesTable } from './write-env.mjs';

/** What has an environment, and where its schema stands: one entry for each. */
export const SERVICES = [
  { title: 'Gateway', mark: 'gateway-env', module: 'apps/gateway/src/config.ts', name: 'gatewayEnv' },
  {
    title: 'Control plane',
    mark: 'control-plane-env',
    module: 'apps/control-plane/src/config.ts',
    name: 'controlPlaneEnv',
  },
  { title: 'Vault', mark: 'vault-env', module: 'apps/vault/src/config.ts', name: 'vaultEnv' },
  {
    title: "The vault's operator commands",
    mark: 'vault-operator-env',
    module: 'apps/vault/src/operator/config.ts',
    name: 'vaultOperatorEnv',
  },
];

/**
 * The files that are written from the schemas, as they should be: path -> text.
 * @param schemas  zod objects by the names above
 */
export const generatedFiles = (schemas) => {
  const services = SERVICES.map((service) => ({ ...service, variables: readEnv(schemas[service.name]) }));
  const running = services.reduce(
    (document, { mark, variables }) => fillMarked(document, mark, variablesTable(variables)),
    fillMarked(readFileSync(inWorkspace('docs', 'running.md'), 'utf8'), 'standalone-options', optionsTable(OPTIONS)),
  );
  return { '.env.example': exampleText(services), 'docs/running.md': running };
};
