import { VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { draftChange } from '../domain/draft-change.ts';
import { nextVersion } from '../domain/rotation.ts';
import { changeCredential } from './change-credential.ts';
import { revoked } from './errors.ts';
import { readExtraHosts, readSettings } from './read-request.ts';
import { sealNextVersion } from './seal-change.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

export const updateCredential = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.updateCredential, async (request, context) => {
    const settings = readSettings(request.settingsJson);
    const extraHosts = request.extraHosts === undefined ? undefined : readExtraHosts(request.extraHosts.hosts);
    const changed = await changeCredential(vault, 'credential.update', request, context, async (found) => {
      if (found.status === 'revoked') throw revoked();
      const draft = draftChange(found, { settings, extraHosts });
      const hasNewSecrets = draft.secrets.length > 0 || draft.clearedSecrets.length > 0;
      return {
        ...found,
        settings: draft.settings,
        allowedHosts: draft.allowedHosts,
        extraHosts: draft.extraHosts,
        generation: found.generation + 1,
        // The only version from now on: what was replaced must not work any longer.
        versions: hasNewSecrets
          ? [{ version: nextVersion(found), validUntilMs: null, secrets: await sealNextVersion(vault, found, draft) }]
          : found.versions,
      };
    });
    return { credential: toCredential(changed, vault.clock.wallMs()) };
  });
