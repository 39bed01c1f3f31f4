import type { Secret } from '@portolan/service-kit';

/** What stands behind a slug: a provider with its credential and settings. */
export interface VirtualKey {
  readonly slug: string;
  readonly provider: string;
  readonly credential: Secret | undefined;
  readonly customHost: string | undefined;
  /** Hosts, besides the entry's own, to which a caller may have this credential sent: `host` or `host:port`. */
  readonly allowedHosts: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Resolves virtual keys. Answers from memory: it is asked on every call that names one. */
export interface VirtualKeys {
  find(slug: string): VirtualKey | undefined;
  list(): readonly VirtualKey[];
}
