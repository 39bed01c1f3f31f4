import type { ApiKeys } from './api-keys.ts';
import type { Credentials } from './credentials.ts';
import type { Management } from './management.ts';

/** Where everything saved comes from: files, or the platform's services. */
export interface Source {
  readonly apiKeys: ApiKeys;
  readonly credentials: Credentials;
  readonly management: Management;
  /** Writes down what is to be kept, and lets go of everything. */
  close(): Promise<void>;
}
