import { isSupportedPattern } from './pattern.ts';
import { partsOf } from './query.ts';
import type { Notice } from './relax.ts';
import type { Config } from './target.ts';

const isLongPath = (path: string): boolean => path !== 'url.pathname' && path.split('.').length > 2;

/** What is allowed but will surprise its author: queries that do not ask what they seem to ask. */
export const queryAdvice = (node: Config, path: readonly PropertyKey[] = []): readonly Notice[] => [
  ...(node.strategy?.conditions ?? []).flatMap(({ query }, index) => {
    const at = [...path, 'strategy', 'conditions', index, 'query'];
    const { paths, patterns } = partsOf(query);
    return [
      ...paths.filter(isLongPath).map((long) => ({
        path: at,
        message: `Only the first two segments of '${long.slice(0, 64)}' are read.`,
      })),
      ...patterns
        .filter((pattern) => !isSupportedPattern(pattern))
        .map((pattern) => ({
          path: at,
          message: `Pattern '${pattern.slice(0, 64)}' is not supported: never matches.`,
        })),
    ];
  }),
  ...(node.targets ?? []).flatMap((target, index) => queryAdvice(target, [...path, 'targets', index])),
];
