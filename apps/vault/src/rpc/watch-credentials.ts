import { VaultGatewayServiceService, type WatchCredentialsResponse } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import type { NumberedChange } from '../ports/changes.ts';
import { type WatchEvent, watch } from '../watch/watch.ts';
import { servedStream } from './serve.ts';
import { toStatus } from './to-proto.ts';
import type { Vault } from './vault.ts';

const toChange = ({ credentialId, organizationId, generation, status }: NumberedChange) => ({
  credentialId,
  organizationId,
  generation,
  status: toStatus(status),
});

const toEvent = (event: WatchEvent): WatchCredentialsResponse['event'] => {
  switch (event.kind) {
    case 'change':
      return { $case: 'change', value: toChange(event.change) };
    case 'reset':
      return { $case: 'reset', value: {} };
    case 'heartbeat':
      return { $case: 'heartbeat', value: {} };
  }
};

export const watchCredentials = (vault: Vault): ServedMethod =>
  servedStream(vault, VaultGatewayServiceService.watchCredentials, async function* ({ resumeToken }, { signal }) {
    const leave = vault.metrics.onWatch();
    try {
      for await (const event of watch(vault.watch, resumeToken, signal)) {
        yield { event: toEvent(event), resumeToken: event.token };
      }
    } finally {
      leave();
    }
  });
