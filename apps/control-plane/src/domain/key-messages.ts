import type { Secret } from '@portolan/service-kit';
import type { Message } from '../ports/notifier.ts';

interface AboutKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly to: readonly string[];
}

const plainName = (name: string): string => name.replace(/[\r\n]+/g, ' ');

/** A key has a new secret, which this message brings. */
export const rotatedMessage = (
  { id, organizationId, name, to }: AboutKey,
  { secret, oldEndsAt }: { readonly secret: Secret; readonly oldEndsAt: Date },
): Message => ({
  kind: 'api_key_rotated',
  organizationId,
  to,
  subject: `The API key "${plainName(name)}" has been renewed`,
  text: [
    `The API key "${plainName(name)}" (${id}) was due to be renewed. Its new secret is below and works from now on.`,
    `The secret before it works until ${oldEndsAt.toISOString()}.`,
    'If you get several of these messages for one renewal, the last one counts.',
  ].join('\n'),
  facts: { api_key_id: id, name, old_secret_ends_at: oldEndsAt.toISOString() },
  secret,
});

/** The old secret of a key is about to end. */
export const endingMessage = (
  { id, organizationId, name, to }: AboutKey,
  { masked, endsAt }: { readonly masked: string; readonly endsAt: Date },
): Message => ({
  kind: 'api_key_secret_ends',
  organizationId,
  to,
  subject: `The old secret of the API key "${plainName(name)}" ends soon`,
  text: [
    `The secret ${masked} of the API key "${plainName(name)}" (${id}) works until ${endsAt.toISOString()}.`,
    'Whatever still uses it needs the new one by then.',
  ].join('\n'),
  facts: { api_key_id: id, name, masked, ends_at: endsAt.toISOString() },
});
