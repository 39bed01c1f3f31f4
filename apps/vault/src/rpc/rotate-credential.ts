import { type Duration, VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { draftSecrets } from '../domain/draft-change.ts';
import { OVERLAP_MS, rotate } from '../domain/rotation.ts';
import { changeCredential } from './change-credential.ts';
import { revoked, wrongArgument } from './errors.ts';
import { readSettings } from './read-request.ts';
import { sealNextVersion } from './seal-change.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

const OVERLAP_MAX_MS = 30 * 86_400_000;

const readOverlap = (overlap: Duration | undefined): number => {
  if (overlap === undefined) return OVERLAP_MS;
  const overlapMs = overlap.seconds * 1_000 + Math.floor(overlap.nanos / 1_000_000);
  if (overlapMs < 0 || overlapMs > OVERLAP_MAX_MS) throw wrongArgument('overlap', 'The overlap must be 0 to 30 days.');
  return overlapMs;
};

export const rotateCredential = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.rotateCredential, async (request, context) => {
    const settings = readSettings(request.settingsJson);
    const overlapMs = readOverlap(request.overlap);
    const changed = await changeCredential(vault, 'credential.rotate', request, context, async (found) => {
      if (found.status === 'revoked') throw revoked();
      const secrets = await sealNextVersion(vault, found, draftSecrets(found, settings));
      return rotate(found, secrets, { nowMs: vault.clock.wallMs(), overlapMs });
    });
    return { credential: toCredential(changed, vault.clock.wallMs()) };
  });
