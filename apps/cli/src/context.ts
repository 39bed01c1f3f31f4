import type { Api } from './http/api.ts';
import type { Io } from './io.ts';

/** What a command works with. */
export interface Context {
  readonly io: Io;
  /** The platform. @throws Refused  when nobody has said which */
  api(): Api;
  /** Id or slug of the workspace that is meant; undefined: that of the key. */
  workspace(): string | undefined;
  /** … as a query and as part of a body. */
  inWorkspace(): { readonly workspace_id?: string };
}
