import { MIN_TRANSITION_MS, type RotationRefusal } from '@portolan/api-key';
import { type ErrorName, PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import { newApiKeySecret, rotateApiKey } from '../../../change/rotate-api-key.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { apiKeyOfPath } from './find.ts';
import { keyScopes } from './scopes.ts';
import { assertMayTakeOver } from './take-over.ts';

const input = z.object({
  key_transition_period_ms: z.number({ error: 'must be a whole number of milliseconds' }).nullish(),
});

const REFUSALS: Readonly<Record<RotationRefusal, { readonly name: ErrorName; readonly public: string }>> = {
  transition_running: {
    name: 'conflict',
    public: 'A rotation of this key is under way: wait until its old secret has ended.',
  },
  transition_too_short: {
    name: 'invalid_request_error',
    public: `key_transition_period_ms: must be a whole number of at least ${MIN_TRANSITION_MS}`,
  },
  key_expired: { name: 'conflict', public: 'The key has expired: there is nothing to rotate.' },
};

/** A new secret beside the old one, for whoever may do all that the key may: the answer gives it away. */
export const rotateKey = write({
  method: 'POST',
  path: '/api-keys/:id/rotate',
  aliases: ['/admin/api-keys/:id/rotate'],
  scopes: keyScopes('rotate'),
  audit: { resource: 'api_keys', action: 'rotate' },
  async write(call, tx, { vault }) {
    const { key_transition_period_ms } = readInput(call, input);
    const row = await apiKeyOfPath(tx, call, 'rotate', 'lock');
    await assertMayTakeOver(tx, call, row);
    const key = newApiKeySecret();
    const transitionMs = key_transition_period_ms ?? row.rotation_policy?.key_transition_period_ms;
    const rotated = await rotateApiKey(
      tx,
      row,
      { key, transitionMs, nextRotationAt: row.next_rotation_at, nowMs: call.nowMs },
      vault,
    );
    if (rotated.outcome === 'refused') {
      const { name, public: sentence } = REFUSALS[rotated.reason];
      throw new PlatformError(name, { public: sentence, param: 'key_transition_period_ms' });
    }
    const expiresAt = rotated.transitionEndsAt.toISOString();
    return {
      body: { id: row.id, key, key_transition_expires_at: expiresAt, object: 'api-key' },
      changed: [{ kind: 'api_key', id: row.id }],
      subject: {
        id: row.id,
        workspaceId: row.workspace_id,
        after: {
          api_key_id: row.id,
          rotation_mode: 'manual',
          old_key_masked: rotated.oldMasked,
          transition_expires_at: expiresAt,
        },
      },
    };
  },
});
