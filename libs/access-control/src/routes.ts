import type { Scope } from './scopes.ts';

interface RouteRow {
  /** Absent means any. */
  readonly methods?: readonly string[];
  /** Of the path without its `/v1`. */
  readonly path: RegExp;
  /** Any one of them opens the route. */
  readonly scopes: readonly Scope[];
}

/** The first row that fits counts. What no row names goes to a provider, and needs what a model call needs. */
const ROUTES: readonly RouteRow[] = [
  { methods: ['GET', 'HEAD'], path: /^\/models(\/|$)/, scopes: ['completions.write', 'virtual_keys.list'] },
  { path: /^\/prompts\/[^/]+\/render$/, scopes: ['prompts.render'] },
  { path: /^\/logs\/exports(\/|$)/, scopes: ['logs.export'] },
  {
    methods: ['GET', 'HEAD'],
    path: /^\/logs\/[^/]+$/,
    scopes: ['logs.read', 'logs.view', 'completions.write', 'logs.write'],
  },
  { path: /^\/logs(\/|$)/, scopes: ['logs.write', 'completions.write'] },
  { path: /^\/otel(\/|$)/, scopes: ['logs.write', 'completions.write'] },
  { path: /^\/feedback(\/|$)/, scopes: ['logs.write', 'feedbacks.write', 'completions.write'] },
  { path: /^\/analytics(\/|$)/, scopes: ['analytics.view'] },
  { path: /^\/mcp(\/|$)/, scopes: ['mcp.invoke'] },
  { path: /^/, scopes: ['completions.write'] },
];

/** Some clients put `/v1` before a base that has it already. */
const plainPath = (path: string): string => path.replace(/^(\/v1){1,2}(?=\/|$)/, '').replace(/(?<=.)\/$/, '');

/**
 * The scopes of which one opens a route of the data plane. Paths of the management API have scopes of their own and do not belong
 * here.
 * @param path  decoded, without query
 */
export const scopesForRoute = (method: string, path: string): readonly Scope[] => {
  const plain = plainPath(path);
  const row = ROUTES.find(({ methods, path: pattern }) => (methods?.includes(method) ?? true) && pattern.test(plain));
  return row?.scopes ?? [];
};
