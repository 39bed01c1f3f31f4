import { createApiKey as newSecret } from '@portolan/api-key';
import * as z from 'zod';
import { refusal } from '../../../access/authorize.ts';
import { readKeyType } from '../../../domain/api-key-type.ts';
import { secretOfKey } from '../../../setup/issue-api-key.ts';
import { insertApiKey } from '../../../store/api-keys.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { checkConfig, checkExpiry, checkMetadata, checkRotation, checkScopes } from './check.ts';
import { apiKeyFields } from './fields.ts';
import { placeOfNewKey } from './place.ts';
import { keyScopes } from './scopes.ts';

const word = () => z.string().max(64).nullish();

const input = z.object({
  ...apiKeyFields,
  name: nameField(),
  scopes: apiKeyFields.scopes.nonoptional('is required: what may the key do?'),
  type: word(),
  'sub-type': word(),
  sub_type: word(),
  organisation_id: refField().nullish(),
  organization_id: refField().nullish(),
  workspace_id: refField().nullish(),
  user_id: refField().nullish(),
});

/** The answer is the only place where the secret of a key is ever shown. */
export const createApiKey = write({
  method: 'POST',
  path: '/api-keys/:type/:subType',
  aliases: ['/api-keys/:type', '/api-keys', '/admin/api-keys', '/admin/api-keys/:type/:subType'],
  scopes: keyScopes('create'),
  audit: { resource: 'api_keys', action: 'create' },
  async write(call, tx, { newId, vault }) {
    const given = readInput(call, input);
    const read = readKeyType(
      call.params.type ?? given.type,
      call.params.subType ?? given['sub-type'] ?? given.sub_type,
    );
    if ('problem' in read) return refuseInput([read.problem]);
    const organization = given.organisation_id ?? given.organization_id;
    if (organization != null && organization !== call.principal.organisationId) throw refusal('foreign');

    const place = await placeOfNewKey(tx, call, read.type, { workspaceId: given.workspace_id, userId: given.user_id });
    await checkScopes(tx, call, place, given.scopes);
    const metadata = given.defaults?.metadata ?? {};
    await checkMetadata(tx, place, metadata);
    const config = given.defaults?.config_id;
    const rotation = given.rotation_policy == null ? undefined : checkRotation(given.rotation_policy, call.nowMs);

    const id = newId();
    const key = newSecret();
    const secret = secretOfKey(key, (await vault.peppers()).current, null);
    await insertApiKey(tx, {
      id,
      ...place,
      name: given.name,
      description: given.description ?? null,
      scopes: given.scopes,
      defaultConfigId: config == null ? null : await checkConfig(tx, place, config),
      defaultMetadata: metadata,
      allowConfigOverride: given.defaults?.allow_config_override ?? true,
      usageLimits: given.usage_limits == null ? null : JSON.stringify(given.usage_limits),
      rateLimits: JSON.stringify(given.rate_limits ?? []),
      alertEmails: given.alert_emails ?? [],
      expiresAt: checkExpiry(given.expires_at ?? null, null, call.nowMs),
      rotationPolicy: rotation === undefined ? null : JSON.stringify(rotation.policy),
      nextRotationAt: rotation?.nextAt ?? null,
      creationMode: call.actor.type === 'user' ? 'ui' : 'api',
      by: call.actor.id,
      secret,
    });
    return {
      body: { id, key, object: 'api-key' },
      changed: [{ kind: 'api_key', id }],
      subject: {
        id,
        workspaceId: place.workspaceId,
        after: {
          name: given.name,
          type: place.type,
          user_id: place.userId,
          scopes: given.scopes,
          masked: secret.masked,
        },
      },
    };
  },
});
