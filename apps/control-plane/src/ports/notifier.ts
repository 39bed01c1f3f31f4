import type { Secret } from '@portolan/service-kit';
import type { JsonObject } from '../domain/json.ts';

export type MessageKind = 'api_key_rotated' | 'api_key_secret_ends' | 'api_key_expired';

/** Something that somebody has to hear of. */
export interface Message {
  readonly kind: MessageKind;
  readonly organizationId: string;
  /** E-mail addresses; none where only programs listen. */
  readonly to: readonly string[];
  readonly subject: string;
  /** Plain text, without the secret. */
  readonly text: string;
  /** The same for programs. */
  readonly facts: JsonObject;
  /** A secret that the message brings. Whoever delivers it keeps no copy. */
  readonly secret?: Secret;
}

/** Tells people and programs. */
export interface Notifier {
  /** Whether a secret to these addresses would reach anybody, and nobody else. */
  carriesSecrets(to: readonly string[]): boolean;
  /**
   * Hands a message over, once; whether it is read is another matter.
   * @throws Error  when nobody took it within the deadline
   */
  deliver(message: Message): Promise<void>;
  close(): void;
}
