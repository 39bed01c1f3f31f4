import { GatewayServiceService } from '@portolan/proto';
import { type ServedMethod, unary } from '@portolan/rpc';
import type { Feed } from '../change/feed.ts';

export const getRevision = (feed: Feed): ServedMethod =>
  unary(GatewayServiceService.getRevision, async () => ({ revision: Number((await feed.counter()).revision) }));
