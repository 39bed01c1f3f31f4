import type { Trust } from '@portolan/egress-rules';
import type { Clock, Logger } from '@portolan/service-kit';
import type { Database } from '@portolan/sql';
import type { KeySets } from '@portolan/token-auth';
import type { Passwords } from './access/passwords.ts';
import type { IdentityProvider } from './ports/identity-provider.ts';
import type { Notifier } from './ports/notifier.ts';
import type { Vault } from './ports/vault.ts';

/** What routes reach besides the transaction they are given. */
export interface Deps {
  readonly db: Database;
  readonly vault: Vault;
  readonly notifier: Notifier;
  readonly passwords: Passwords;
  /** Null where people sign in with passwords only. */
  readonly identityProvider: IdentityProvider | null;
  /** The keys that organizations sign tokens with. */
  readonly keySets: KeySets;
  readonly clock: Clock;
  readonly log: Logger;
  /** A new UUID. */
  newId(): string;
  randomBytes(count: number): Uint8Array;
  readonly settings: Settings;
}

/** What the operator decided for this deployment. */
export interface Settings {
  /** Where people reach the platform, without a slash at the end: links in invites begin with it. */
  readonly publicUrl: string;
  /** How long people stay signed in, in seconds. */
  readonly sessionLifetimeS: number;
  readonly signIn: {
    /** Whose people become members without an invite: `example.com`, `*.example.com`. */
    readonly allowedDomains: readonly string[];
    readonly autoProvision: boolean;
  };
  /** Hosts that credentials may name although they are private. */
  readonly trust: Trust;
}
