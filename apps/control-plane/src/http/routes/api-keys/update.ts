import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { type ApiKeyState, updateApiKey } from '../../../store/api-key-changes.ts';
import type { ApiKeyRow } from '../../../store/api-key-reads.ts';
import type { Call } from '../../call.ts';
import { flagField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { checkConfig, checkExpiry, checkMetadata, checkRotation, checkScopes, type KeyPlace } from './check.ts';
import { type ApiKeyInput, apiKeyFields } from './fields.ts';
import { apiKeyOfPath } from './find.ts';
import { keyScopes } from './scopes.ts';
import { assertMayTakeOver } from './take-over.ts';
import { apiKeyView } from './view.ts';

const input = z.object({ ...apiKeyFields, reset_usage: flagField().nullish() });

type Given = ApiKeyInput & { readonly reset_usage?: boolean | null | undefined };

/** Absent keeps, null clears, a value replaces. */
const choose = <T, C>(given: T | null | undefined, before: C, cleared: C): T | C => {
  if (given === undefined) return before;
  return given === null ? cleared : given;
};

const jsonOrNull = (value: readonly unknown[]): string | null => (value.length === 0 ? null : JSON.stringify(value));

const nextConfig = async (
  tx: Sql,
  place: KeyPlace,
  { defaults }: Given,
  before: string | null,
): Promise<string | null> => {
  const given = defaults === null ? null : defaults?.config_id;
  return given == null ? choose<string, string | null>(given, before, null) : checkConfig(tx, place, given);
};

const nextMetadata = async (
  tx: Sql,
  place: KeyPlace,
  { defaults }: Given,
  before: ApiKeyRow['default_metadata'],
): Promise<ApiKeyRow['default_metadata']> => {
  const metadata = choose(defaults === null ? null : defaults?.metadata, before, {});
  await checkMetadata(tx, place, metadata);
  return metadata;
};

const nextRotation = (
  { rotation_policy }: Given,
  before: ApiKeyRow,
  nowMs: number,
): Pick<ApiKeyState, 'rotationPolicy' | 'nextRotationAt'> => {
  if (rotation_policy === undefined) {
    return {
      rotationPolicy: before.rotation_policy === null ? null : JSON.stringify(before.rotation_policy),
      nextRotationAt: before.next_rotation_at,
    };
  }
  if (rotation_policy === null) return { rotationPolicy: null, nextRotationAt: null };
  const { policy, nextAt } = checkRotation(rotation_policy, nowMs);
  return { rotationPolicy: JSON.stringify(policy), nextRotationAt: nextAt };
};

const nextState = async (
  tx: Sql,
  call: Call,
  place: KeyPlace,
  given: Given,
  before: ApiKeyRow,
): Promise<ApiKeyState> => {
  const isReset = given.reset_usage === true;
  return {
    name: given.name ?? before.name,
    description: choose(given.description, before.description, null),
    scopes: given.scopes ?? before.scopes,
    defaultConfigId: await nextConfig(tx, place, given, before.default_config_id),
    defaultMetadata: await nextMetadata(tx, place, given, before.default_metadata),
    allowConfigOverride: choose(
      given.defaults === null ? null : given.defaults?.allow_config_override,
      before.allow_config_override,
      true,
    ),
    usageLimits: jsonOrNull(choose(given.usage_limits, before.usage_limits, [])),
    rateLimits: JSON.stringify(choose(given.rate_limits, before.rate_limits, [])),
    alertEmails: choose(given.alert_emails, before.alert_emails, []),
    expiresAt: checkExpiry(choose(given.expires_at, before.expires_at, null), before.expires_at, call.nowMs),
    ...nextRotation(given, before, call.nowMs),
    status: isReset || before.status !== 'exhausted' ? 'active' : 'exhausted',
    lastResetAt: isReset ? new Date(call.nowMs) : before.last_reset_at,
  };
};

/** A key that rotates by itself sends its new secrets to its owner, or else to these addresses. */
const leadsSecretsElsewhere = ({ rotation_policy, alert_emails }: Given, before: ApiKeyRow): boolean =>
  rotation_policy != null || (alert_emails ?? []).some((email) => !before.alert_emails.includes(email));

export const putApiKey = write({
  method: 'PUT',
  path: '/api-keys/:id',
  aliases: ['/admin/api-keys/:id'],
  scopes: keyScopes('update'),
  audit: { resource: 'api_keys', action: 'update' },
  async write(call, tx) {
    const given = readInput(call, input);
    const before = await apiKeyOfPath(tx, call, 'update', 'lock');
    const place: KeyPlace = {
      organizationId: before.organization_id,
      type: before.type,
      workspaceId: before.workspace_id,
      userId: before.user_id,
    };
    if (leadsSecretsElsewhere(given, before)) await assertMayTakeOver(tx, call, before);
    if (given.scopes !== undefined) await checkScopes(tx, call, place, given.scopes, before.scopes);
    await updateApiKey(tx, before.id, await nextState(tx, call, place, given, before));
    const after = await apiKeyOfPath(tx, call, 'update');
    return {
      body: {},
      changed: [{ kind: 'api_key', id: before.id }],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: apiKeyView(before, call.nowMs),
        after: apiKeyView(after, call.nowMs),
      },
    };
  },
});
