import type { GaugeRow } from '../metrics.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Credentials } from './credentials.ts';
import type { Management } from './management.ts';

/** Where everything saved comes from: files, or the platform's services. */
export interface Source {
  readonly apiKeys: ApiKeys;
  readonly credentials: Credentials;
  /** Undefined where there is nothing to manage. */
  readonly management: Management | undefined;
  /** The newest change that is known here; 0 for none. */
  revision(): number;
  /** What operators watch of it. */
  readonly gauges: readonly GaugeRow[];
  /** Writes down what is to be kept, and lets go of everything. */
  close(): Promise<void>;
}
