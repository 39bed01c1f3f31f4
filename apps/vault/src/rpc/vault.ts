import type { Clock } from '@portolan/service-kit';
import type { AuditTrail } from '../audit/trail.ts';
import type { Keyring } from '../keyring/get-or-create.ts';
import type { Seal } from '../keyring/seal.ts';
import type { Metrics } from '../metrics.ts';
import type { Canaries } from '../ports/canaries.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { ServiceKeys } from '../ports/service-keys.ts';
import type { TenantKeys } from '../ports/tenant-keys.ts';
import type { WatchSettings } from '../watch/watch.ts';

/** What the methods of the vault work with. */
export interface Vault {
  readonly credentials: Credentials;
  readonly tenantKeys: TenantKeys;
  readonly serviceKeys: ServiceKeys;
  readonly canaries: Canaries;
  readonly keyring: Keyring;
  readonly seal: Seal;
  readonly audit: AuditTrail;
  readonly watch: WatchSettings;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** How long gateways use an answer before they ask again, ms. */
  readonly freshForMs: number;
  /** How long they use it while the vault cannot be reached, ms. */
  readonly usableForMs: number;
  /** Runs the self-test of some organizations now, those that have waited longest. */
  readonly selfTest: () => Promise<void>;
  /** Begins background work that is due, such as a rewrap, without waiting for its time. */
  readonly hurry: () => void;
}
