import { Entity, WatchSnapshotResponse } from '@portolan/proto';
import { providerRegistry } from '@portolan/providers';
import { createLogger, systemClock } from '@portolan/service-kit';
import { createConfigReader } from '../../config-reader.ts';
import { workspaceConformance } from '../../ports/workspace.conformance.ts';
import { createSnapshotBook } from '../../snapshot/book.ts';
import { createCatchUp } from '../../snapshot/catch-up.ts';
import { config, organization, virtualKey, workspace } from '../../testing/platform-entities.ts';
import { createUnderstanding } from './understand.ts';
import { platformWorkspace } from './workspace.ts';

workspaceConformance(async ({ configs, virtualKeys }) => {
  const book = createSnapshotBook(createLogger('test', 'silent'));
  const kinds = [
    organization(),
    workspace(),
    ...Object.entries(configs).map(([slug, body]) => config(slug, 1, body)),
    ...Object.entries(virtualKeys).map(([slug, provider]) => virtualKey(slug, { provider })),
  ];
  const entities = kinds.map((kind) => Entity.create({ kind }));
  book.receive(WatchSnapshotResponse.create({ revision: 1, isFull: true, isLastPart: true, entities }));
  const readConfig = createConfigReader(providerRegistry([]), (host) => host);
  return {
    workspace: platformWorkspace(book.view(), 'org-1', 'ws-1', {
      view: book.view,
      catchUp: createCatchUp(book, async () => 1, systemClock.monotonicMs),
      understand: createUnderstanding(readConfig, () => undefined),
    }),
    close: async () => undefined,
  };
});
