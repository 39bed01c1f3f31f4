import type { Scope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import { type Method, type Route, read } from '../../route.ts';

const WRITERS = ['logs.write', 'completions.write'] as const;

/** Paths that ask about calls which were made. What would answer them is a service of its own, which does not exist yet. */
const PATHS: readonly (readonly [Method, string, readonly [Scope, ...Scope[]]])[] = [
  ['POST', '/logs', WRITERS],
  ['GET', '/logs/:id', ['logs.view', 'logs.read', 'logs.write', 'completions.write']],
  ['GET', '/logs/exports', ['logs.export']],
  ['POST', '/logs/exports', ['logs.export']],
  ['GET', '/logs/exports/field-restrictions', ['logs.export']],
  ['GET', '/logs/exports/:id', ['logs.export']],
  ['PUT', '/logs/exports/:id', ['logs.export']],
  ['POST', '/logs/exports/:id/start', ['logs.export']],
  ['POST', '/logs/exports/:id/cancel', ['logs.export']],
  ['GET', '/logs/exports/:id/download', ['logs.export']],
  ['GET', '/analytics/graphs/:name', ['analytics.view']],
  ['GET', '/analytics/groups/:by', ['analytics.view']],
  ['GET', '/analytics/summary/:name', ['analytics.view']],
];

/** Told instead of a 404, so that nobody looks for a mistake of theirs. */
export const logRoutes: readonly Route[] = PATHS.map(([method, path, scopes]) =>
  read({
    method,
    path,
    scopes,
    read: async () => {
      throw new PlatformError('unsupported_endpoint', {
        public: 'This deployment keeps its log of calls as files: it cannot be asked about them yet.',
      });
    },
  }),
);
