import { Entity, GatewayServiceService, WatchSnapshotResponse } from '@portolan/proto';
import {
  type Certificates,
  createErrorCodec,
  createRpcServer,
  type RpcServer,
  type ServerTransport,
  serverStream,
  unary,
} from '@portolan/rpc';
import { CODES, PlatformError } from '@portolan/service-kit';

/** The token by which a gateway proves itself to both stand-ins. */
export const TOKEN = 'a token of this test';

export const ERRORS = createErrorCodec({ CODES, PlatformError });

/** Mutual TLS with certificates, plaintext and a token without. */
export const transportOf = (certificates: Certificates | undefined): ServerTransport =>
  certificates === undefined
    ? { kind: 'loopback-plaintext', tokens: { gateway: TOKEN } }
    : { kind: 'mutual-tls', certificates };

export type Kind = NonNullable<Entity['kind']>;

export interface ControlPlaneStandIn {
  readonly target: string;
  readonly revision: () => number;
  /** Commits one change: everything in it belongs together. @returns its revision */
  commit(...entities: readonly Kind[]): number;
  /** Commits without telling: as a stream that lags behind. */
  commitUnseen(...entities: readonly Kind[]): number;
  /** Tells what was committed unseen. */
  tellNow(): void;
  /** How often the newest revision was asked for. */
  readonly asked: { revisions: number; resumeTokens: string[] };
  stop(): Promise<void>;
}

/** @param partSize  entities in one part of a change */
export const startControlPlane = async (
  options: { port?: number; partSize?: number; revisionFrom?: number; certificates?: Certificates } = {},
): Promise<ControlPlaneStandIn> => {
  const { partSize = 2 } = options;
  const state = new Map<string, Kind>();
  const log: { revision: number; entities: readonly Kind[] }[] = [];
  const listeners = new Set<() => void>();
  const asked = { revisions: 0, resumeTokens: [] as string[] };
  let revision = options.revisionFrom ?? 1;
  let told = revision;

  const remember = (entities: readonly Kind[]): number => {
    revision += 1;
    for (const kind of entities) state.set(`${kind.$case}:${kind.value.id}`, kind);
    log.push({ revision, entities });
    return revision;
  };
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  const change = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });

  function* partsOf(at: number, isFull: boolean, kinds: readonly Kind[]): Generator<WatchSnapshotResponse> {
    const pieces = Math.max(1, Math.ceil(kinds.length / partSize));
    for (let piece = 0; piece < pieces; piece += 1) {
      const isLastPart = piece === pieces - 1;
      yield WatchSnapshotResponse.create({
        revision: at,
        isFull,
        isLastPart,
        resumeToken: isLastPart ? `r${at}` : '',
        entities: kinds.slice(piece * partSize, (piece + 1) * partSize).map((kind) => Entity.create({ kind })),
      });
    }
  }

  const server: RpcServer = createRpcServer({
    methods: [
      unary(GatewayServiceService.getRevision, async () => {
        asked.revisions += 1;
        return { revision };
      }),
      serverStream(GatewayServiceService.watchSnapshot, async function* ({ resumeToken }, { signal }) {
        asked.resumeTokens.push(resumeToken);
        let at = resumeToken === '' ? 0 : Number(resumeToken.slice(1));
        // A place that is not reached yet is one from before the database was set back.
        if (at === 0 || at > told) {
          at = told;
          yield* partsOf(at, true, [...state.values()]);
        }
        while (!signal.aborted) {
          for (const each of log) {
            if (each.revision <= at || each.revision > told) continue;
            yield* partsOf(each.revision, false, each.entities);
            at = each.revision;
          }
          await change(signal);
        }
      }),
    ],
    access: {
      [GatewayServiceService.getRevision.path]: ['gateway'],
      [GatewayServiceService.watchSnapshot.path]: ['gateway'],
    },
    identities: { gateway: ['DNS:gateway'] },
    transport: transportOf(options.certificates),
    errors: ERRORS,
    onUnexpected: (error) => {
      throw error;
    },
  });
  const port = await server.listen('127.0.0.1', options.port ?? 0);
  server.setServing(true);
  return {
    target: `127.0.0.1:${port}`,
    revision: () => revision,
    asked,
    commit(...entities) {
      const made = remember(entities);
      told = made;
      wake();
      return made;
    },
    commitUnseen: (...entities) => remember(entities),
    tellNow() {
      told = revision;
      wake();
    },
    stop: () => server.stop(0),
  };
};
