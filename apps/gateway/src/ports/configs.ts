import type { RouteNode } from '@portolan/config-schema';

/** One immutable version of a saved config, ready to route by. */
export interface SavedConfig {
  readonly slug: string;
  readonly version: string;
  readonly route: RouteNode;
}

/** The saved configs of a deployment without a platform. Answers from memory: it is asked on every call that names a slug. */
export interface Configs {
  /** The active version, or undefined for a slug that nobody saved. */
  find(slug: string): SavedConfig | undefined;
  close(): void;
}
