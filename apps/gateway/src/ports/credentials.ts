import type { Credential } from '@portolan/providers';
import type { VirtualKey } from './virtual-keys.ts';

/** What is stored for a virtual key, in the clear. Held for the length of a target's turn, never longer. */
export interface StoredCredential {
  /** The provider's key; undefined where none is stored. */
  readonly key: Credential | undefined;
  readonly customHost: string | undefined;
  /** Headers of the owner's choice, by lower-case name. They go with every request and replace the provider's own. */
  headers(): Readonly<Record<string, string>> | undefined;
  /** The provider's settings under the names that configs use; some may be secret. */
  settings(): Readonly<Record<string, string>>;
  /**
   * Whether what is secret of it may go to a URL.
   * @param isChosen  the URL was chosen by a config or a caller, not by the owner and not by the provider's own address
   */
  mayGoTo(url: string, isChosen: boolean): boolean;
}

/** Gives the credentials behind virtual keys. */
export interface Credentials {
  /**
   * At once when it is in memory, else a promise.
   * @throws PlatformError when there is none, or nobody can say; also as a rejection
   */
  of(virtualKey: VirtualKey): StoredCredential | Promise<StoredCredential>;
}
