import { GatewayServiceService } from '@portolan/proto';
import { createErrorCodec, createRpcServer, type RpcServer, type RpcServerOptions } from '@portolan/rpc';
import { CODES, PlatformError } from '@portolan/service-kit';
import { getRevision } from './get-revision.ts';
import { type WatchDeps, watchSnapshot } from './watch-snapshot.ts';

/** An entity may be larger than a usual message: a prompt has all of its versions. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

export interface GatewayRpcOptions
  extends WatchDeps,
    Pick<RpcServerOptions, 'identities' | 'transport' | 'onUnexpected'> {}

/** What gateways ask. Nobody else may. */
export const createGatewayRpc = (options: GatewayRpcOptions): RpcServer =>
  createRpcServer({
    methods: [getRevision(options.feed), watchSnapshot(options)],
    access: {
      [GatewayServiceService.getRevision.path]: ['gateway'],
      [GatewayServiceService.watchSnapshot.path]: ['gateway'],
    },
    identities: options.identities,
    transport: options.transport,
    errors: createErrorCodec({ CODES, PlatformError }),
    limits: { messageBytesMax: MESSAGE_BYTES_MAX },
    onUnexpected: options.onUnexpected,
  });
