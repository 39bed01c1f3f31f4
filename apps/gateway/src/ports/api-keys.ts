import type { ApiKeyType } from '@portolan/access-control';
import type { Workspace } from './workspace.ts';

/** Who calls: what an API key, or a token in its place, stands for. */
export interface ApiKey {
  /** Never the key itself. */
  readonly id: string;
  readonly type: ApiKeyType | 'jwt';
  /** The tenant; undefined where a deployment has only one. */
  readonly organizationId: string | undefined;
  readonly workspaceId: string | undefined;
  /** The person it stands for. */
  readonly userId: string | undefined;
  /** What it may do; undefined for everything that there is to call. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** Config slug used when a call names none. */
  readonly defaultConfig: string | undefined;
  /** The workspace's config for user keys, when neither call nor key names one. */
  readonly userKeyConfig: string | undefined;
  /** False: a call may not bring its own config. */
  readonly allowConfigOverride: boolean;
  /** Added to every call's metadata, and stronger than it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** True: calls may only name what is saved. */
  readonly savedOnly: boolean;
  /** False: no bodies in the log, whatever the caller says. */
  readonly keepsBodies: boolean;
  readonly workspace: Workspace;
}

/** Knows the API keys. */
export interface ApiKeys {
  /**
   * The key's record, or undefined for a key that nobody issued. From memory when the key is known; a promise only where
   * somebody has to be asked.
   * @throws PlatformError when the key is known and may not call, also as a rejection
   */
  find(key: string): ApiKey | undefined | Promise<ApiKey | undefined>;
  /** True once there is something to answer from. */
  readonly ready: boolean;
}
