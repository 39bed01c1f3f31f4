import { readFileSync } from 'node:fs';
import { fillMarked } from '../env/write-env.mjs';
import { inWorkspace } from '../launch/workspace.mjs';
import { ERROR_MEANINGS } from './error-meanings.mjs';
import {
  addressTable,
  docstringTable,
  errorsTable,
  notYetList,
  providersTable,
  rehearsalTable,
} from './write-tables.mjs';

/** The modules whose exports are the facts that pages repeat. */
export const SOURCES = [
  'libs/service-kit/src/errors/codes.ts',
  'libs/providers/src/registry.ts',
  'libs/config-schema/src/provider-names.ts',
  'libs/rehearsal/src/models.ts',
];

const read = (path) => readFileSync(inWorkspace(path), 'utf8');

const filled = (page, parts) =>
  Object.entries(parts).reduce((text, [mark, content]) => fillMarked(text, mark, content), read(page));

/**
 * The pages that repeat facts of the code, as they should be: path -> text.
 * @param facts  what the modules of `SOURCES` export
 */
export const generatedPages = ({ CODES, providerRegistry, PROVIDER_NAMES, REHEARSAL_MODELS }) => {
  const providers = [...providerRegistry().values()];
  return {
    'docs/errors.md': filled('docs/errors.md', { errors: errorsTable(CODES, ERROR_MEANINGS) }),
    'docs/providers.md': filled('docs/providers.md', {
      providers: providersTable(providers),
      addresses: addressTable(providers),
      'not-yet': notYetList(PROVIDER_NAMES, providers),
      'rehearsal-models': rehearsalTable(REHEARSAL_MODELS),
      'rehearsal-options': docstringTable(read('libs/rehearsal/src/behaviour.ts')),
    }),
  };
};
