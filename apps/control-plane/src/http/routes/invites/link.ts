import { digestToken, newToken } from '../../../access/session-token.ts';
import type { Deps } from '../../../deps.ts';

const VALID_MS = 7 * 24 * 3_600_000;

/** A new link, which opens one invite for seven days. Only the digest of its token is kept. */
export const newLink = (
  { settings, randomBytes }: Pick<Deps, 'settings' | 'randomBytes'>,
  nowMs: number,
): { readonly link: string; readonly tokenDigest: Uint8Array; readonly expiresAt: Date } => {
  const token = newToken(randomBytes);
  return {
    link: `${settings.publicUrl}/invite/${token}`,
    tokenDigest: digestToken(token),
    expiresAt: new Date(nowMs + VALID_MS),
  };
};
