import { type Entity, GetPeppersResponse, ResolveCredentialResponse, WatchSnapshotResponse } from '@portolan/proto';
import * as z from 'zod';
import type { KeptCredential } from '../credentials/cache.ts';
import type { Frame } from './sealed-format.ts';

/** All that a gateway needs to serve by itself. */
export interface SnapshotContents {
  readonly revision: number;
  readonly resumeToken: string;
  readonly entities: readonly Entity[];
  readonly peppers: GetPeppersResponse | undefined;
  readonly credentials: readonly KeptCredential[];
}

const KIND = { head: 1, entities: 2, peppers: 3, credential: 4 } as const;
const ENTITIES_A_FRAME = 200;

const head = z.object({
  revision: z.int().min(0),
  resumeToken: z.string(),
  credentials: z.array(z.object({ virtualKeyId: z.string(), resolvedAtMs: z.number() })),
});

/** What has secrets comes first and at once: they may be erased as soon as somebody else has the word. */
export const secretFrames = ({ revision, resumeToken, peppers, credentials }: SnapshotContents): readonly Frame[] => {
  const described = {
    revision,
    resumeToken,
    credentials: credentials.map(({ virtualKeyId, resolvedAtMs }) => ({ virtualKeyId, resolvedAtMs })),
  };
  return [
    { kind: KIND.head, bytes: Buffer.from(JSON.stringify(described)) },
    ...(peppers === undefined ? [] : [{ kind: KIND.peppers, bytes: GetPeppersResponse.encode(peppers).finish() }]),
    ...credentials.map(({ answer }) => ({
      kind: KIND.credential,
      bytes: ResolveCredentialResponse.encode(answer).finish(),
    })),
  ];
};

/** Everything else, a piece at a time: a large platform is not encoded in one go. */
export function* entityFrames({ revision, entities }: SnapshotContents): Generator<Frame> {
  for (let at = 0; at < entities.length; at += ENTITIES_A_FRAME) {
    const part = WatchSnapshotResponse.create({ revision, entities: entities.slice(at, at + ENTITIES_A_FRAME) });
    yield { kind: KIND.entities, bytes: WatchSnapshotResponse.encode(part).finish() };
  }
}

/** @throws for frames that are not of this form */
export const contentsOf = (frames: readonly Frame[]): SnapshotContents => {
  const of = (kind: number) => frames.filter((frame) => frame.kind === kind).map(({ bytes }) => bytes);
  const [headBytes] = of(KIND.head);
  const [pepperBytes] = of(KIND.peppers);
  const { revision, resumeToken, credentials } = head.parse(JSON.parse(Buffer.from(headBytes ?? []).toString('utf8')));
  const answers = of(KIND.credential).map((bytes) => ResolveCredentialResponse.decode(bytes));
  return {
    revision,
    resumeToken,
    entities: of(KIND.entities).flatMap((bytes) => WatchSnapshotResponse.decode(bytes).entities),
    peppers: pepperBytes === undefined ? undefined : GetPeppersResponse.decode(pepperBytes),
    credentials: credentials.flatMap((each, at) => {
      const answer = answers[at];
      return answer === undefined ? [] : [{ ...each, answer }];
    }),
  };
};
